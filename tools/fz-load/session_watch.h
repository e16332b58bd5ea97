// The peers' end of encrypt: counts the datagrams of every session and checks their counters.
#pragma once

#include <optional>
#include <vector>

#include "arrival_order.h"
#include "load_peer.h"
#include "tally.h"
#include "udp_port.h"

namespace fz::load {

class SessionWatch {
  public:
    explicit SessionWatch(std::size_t peers) : sessions_(peers) {}

    /// A train of WireGuard data for `peer`. Of a train the first counter is read: the gateway's
    /// kernel made it from one piece of memory, in order.
    void arrived(const LoadPeer& peer, const ReceivedHead& head) noexcept;

    [[nodiscard]] const Arrivals& arrivals() const noexcept { return arrivals_; }

  private:
    struct Watched {
        std::uint32_t index = 0;  ///< of the session; a handshake begins counters anew
        ArrivalOrder order;
    };
    std::vector<Watched> sessions_;
    Arrivals arrivals_;
};

}  // namespace fz::load
