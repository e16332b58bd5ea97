// The peers' end of encrypt: counts the datagrams of every session and checks their counters.
#pragma once

#include <vector>

#include "arrival_order.h"
#include "flow_template.h"
#include "load_peer.h"
#include "tally.h"
#include "udp_port.h"

namespace fz::load {

class SessionWatch {
  public:
    enum class Content : bool { ignored, compared };

    SessionWatch(std::size_t peers, Traffic traffic, Content content);

    /// WireGuard data of one session of `peer`. All counters are read that are there; of a train of
    /// which only the beginning is, the rest is taken for the first one's successors: the gateway
    /// has sent them as one.
    void arrived(const LoadPeer& peer, const Received& run) noexcept;

    [[nodiscard]] const Arrivals& arrivals() const noexcept { return arrivals_; }

  private:
    /// Counters `messages` in a row, of which the first is in `header`.
    void count(std::uint32_t slot, Bytes header, std::size_t messages) noexcept;
    /// Opens a whole message and compares what is in it with what was sent.
    [[nodiscard]] bool is_intact(const LoadPeer& peer, Bytes message) noexcept;

    struct Watched {
        std::uint32_t index = 0;  ///< of the session; a handshake begins counters anew
        ArrivalOrder order;
    };
    const std::size_t message_size_;  ///< of data without padding
    const Content content_;
    const FlowTemplate pattern_;
    std::vector<Watched> sessions_;
    Arrivals arrivals_;
};

}  // namespace fz::load
