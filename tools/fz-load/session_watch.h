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

    /// WireGuard data of one session of `peer`. All counters are read that are there; of a train of
    /// which only the beginning is, the rest is taken for the first one's successors: the gateway
    /// has sent them as one.
    void arrived(const LoadPeer& peer, const Received& run) noexcept;

    [[nodiscard]] const Arrivals& arrivals() const noexcept { return arrivals_; }

  private:
    void count(std::uint32_t slot, Bytes header, std::size_t messages) noexcept;

    struct Watched {
        std::uint32_t index = 0;  ///< of the session; a handshake begins counters anew
        ArrivalOrder order;
    };
    std::vector<Watched> sessions_;
    Arrivals arrivals_;
};

}  // namespace fz::load
