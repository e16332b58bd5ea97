// The internet of a simulation: datagrams that take time, get lost, double and overtake each other,
// and the NATs they pass.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "base/time.h"
#include "unit/wire/packets.h"
#include "wire/ecn.h"
#include "wire/ip_addr.h"

namespace fz::sim {

using Buffer = std::vector<std::byte>;

struct Datagram {
    wire::SocketAddr from;
    wire::SocketAddr to;
    Buffer payload;
    wire::Ecn ecn = wire::Ecn::not_ect;
};

/// Rewrites the sockets behind it. A stranger's datagram passes only if the inside has written to
/// exactly that socket before (RFC 4787: address- and port-dependent filtering).
class Nat {
  public:
    enum class Mapping : std::uint8_t {
        per_socket,       ///< one outside port per inside socket, the same for all destinations
        per_destination,  ///< "symmetric": another outside port for each destination
    };
    /// A mapping without outbound traffic lives this long; RFC 4787 asks for 2 min, few obey.
    static constexpr Duration kLifetime = 30s;

    Nat(wire::IpAddr outside, Mapping mapping) : outside_(outside), mapping_(mapping) {}

    [[nodiscard]] const wire::IpAddr& outside() const { return outside_; }
    wire::SocketAddr outbound(const wire::SocketAddr& inside, const wire::SocketAddr& to,
                              Instant now);
    std::optional<wire::SocketAddr> inbound(const wire::SocketAddr& from, std::uint16_t port,
                                            Instant now) const;
    /// Forgets every mapping, as a reboot does; new ones get ports never used before.
    void reboot() { mappings_.clear(); }

  private:
    struct Mapped {
        wire::SocketAddr inside;
        std::optional<wire::SocketAddr> destination;  ///< per_destination only
        Instant used;
        std::map<wire::SocketAddr, Instant> admits;
    };

    wire::IpAddr outside_;
    Mapping mapping_;
    std::uint16_t next_port_ = 20000;
    std::map<std::uint16_t, Mapped> mappings_;  // by outside port
};

struct Quality {
    double loss = 0;         ///< probability per datagram
    double duplication = 0;  ///< probability per datagram that a second copy comes
    Duration latency = 10ms;
    Duration jitter = 0ms;  ///< added uniformly; above 0 datagrams overtake each other
};

class Network {
  public:
    explicit Network(std::uint64_t seed) : random_(seed) {}

    Quality quality;
    /// Sees what is on the open internet, behind all NATs' rewriting.
    std::function<bool(const Datagram&)> blocks = [](const Datagram&) { return false; };

    void put_behind(const wire::IpAddr& inside, Nat& nat) { nat_of_.emplace(inside, &nat); }
    void send(Datagram datagram, Instant now);
    [[nodiscard]] std::optional<Instant> next_arrival() const;
    /// The next datagram that has arrived by `now`, with the receiver's own address as destination.
    std::optional<Datagram> receive(Instant now);

  private:
    [[nodiscard]] bool happens(double probability) {
        return std::uniform_real_distribution<>(0, 1)(random_) < probability;
    }
    void enqueue(const Datagram& datagram, Instant now);

    std::mt19937_64 random_;
    std::map<wire::IpAddr, Nat*> nat_of_;  // by inside address
    std::multimap<Instant, Datagram> in_flight_;
};

}  // namespace fz::sim
