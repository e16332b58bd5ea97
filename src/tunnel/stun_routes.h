// Which connection a connectivity check belongs to, found without asking every agent.
//
// A request names its connection in USERNAME ("our ufrag:their ufrag"); ufrags have four
// characters, so several connections may share one and all of them are candidates. A response is
// found by the transaction id of the request that was sent.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "stun/message.h"

namespace fz::tunnel {

class StunRoutes {
  public:
    using Slot = std::uint32_t;

    /// `username` as the peer will send it.
    void add(std::string_view username, Slot slot);
    void remove(std::string_view username, Slot slot);
    /// A check went out with this id; a response is expected within kResponseTime.
    void sent(const stun::TransactionId& id, Slot slot, Instant now);
    /// Forgets requests whose answer can no longer come.
    void expire(Instant now);

    /// The connections that may accept `message`, oldest first.
    [[nodiscard]] std::vector<Slot> candidates(const stun::Message& message) const;

    /// A check unanswered for this long has failed, whatever comes later.
    static constexpr Duration kResponseTime = 30s;

  private:
    struct Sent {
        stun::TransactionId id;
        Instant at;
    };

    std::map<std::string, std::vector<Slot>, std::less<>> by_username_;
    std::map<stun::TransactionId, Slot> by_transaction_;
    std::deque<Sent> sent_;
};

}  // namespace fz::tunnel
