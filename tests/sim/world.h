// A gateway, its clients, their NATs, relays and the portal, under one clock that jumps.
//
//   client 10.0.n.2 -- NAT 203.0.113.n --+
//                                        +-- 198.51.100.1 gateway -- 10.1.0.0/16 and more
//   relays 192.0.2.n --------------------+
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/x25519.h"
#include "sim/host.h"
#include "sim/network.h"
#include "sim/portal.h"
#include "sim/turn_server.h"
#include "unit/policy/resources.h"

namespace fz::sim {

/// A client machine behind its NAT.
struct ClientHost {
    ClientHost(int number, Nat::Mapping mapping, Network& network);

    const int number;
    Nat nat;
    Host host;
    Device device;
    std::unique_ptr<crypto::Random> random;
};

/// A UDP packet whose last eight bytes are `number`.
Buffer numbered(const wire::IpAddr& from, const wire::IpAddr& to, std::uint16_t to_port,
                std::uint64_t number);
/// The numbers of UDP packets, in order of arrival.
std::vector<std::uint64_t> numbers_of(const std::vector<Buffer>& packets);

class World {
  public:
    explicit World(std::uint64_t seed, int relays = 1);

    Network network;
    std::deque<TurnServer> relays;  ///< those that exist; the portal knows which are online
    Portal portal;
    Host gateway;
    bool garble_candidates = false;  ///< puts nonsense into every list of candidates

    /// Adds a client; it runs and has its `init`.
    ClientHost& add_client(Nat::Mapping mapping = Nat::Mapping::per_socket);
    /// A gateway process with the keys that the portal knows.
    [[nodiscard]] std::unique_ptr<tunnel::Endpoint> make_gateway();
    /// Starts a client's process anew, with new keys.
    void restart(ClientHost& client);
    /// Says it to the gateway, now.
    template <typename Message>
    void tell_gateway(Message message) {
        gateway.hear(portal::GatewayIngress{std::move(message)});
    }
    /// The set of relays changes; everybody hears of it.
    void announce(const std::vector<Uuid>& gone, const std::vector<portal::Relay>& come);

    /// Cuts all UDP that does not come from or go to a relay.
    void block_direct();

    void run(Duration span);
    /// Runs until `done`, at most for `span`; false if it never was.
    bool run_until(const std::function<bool()>& done, Duration span);
    /// Lets `action` happen at its time.
    void at(Duration after, std::function<void()> action) {
        actions_.emplace(now_ + after, std::move(action));
    }

    [[nodiscard]] Now now() const;
    [[nodiscard]] UnixSeconds unix_in(std::chrono::seconds span) const;
    [[nodiscard]] const dataplane::Counters& counters() { return gateway.counters(); }
    [[nodiscard]] std::uint64_t drops(dataplane::Drop reason);
    /// received = delivered + drops, both ways.
    void expect_balanced();

    // Traffic with resource 10.1.0.5, UDP port 4000.
    void client_sends(ClientHost& client, std::uint64_t number, std::string_view to = "10.1.0.5");
    void resource_sends(const ClientHost& client, std::uint64_t number,
                        std::string_view from = "10.1.0.5");
    /// Sends from the client, again each second, until the resource has heard it; then one back.
    [[nodiscard]] bool connects(ClientHost& client);
    /// One packet each way within half a second.
    [[nodiscard]] bool works(ClientHost& client);

  private:
    bool step(Instant until);
    void tick_all();
    void collect(Host& host, const Uuid& id);
    void deliver(const Addressed& addressed);
    [[nodiscard]] std::optional<Instant> next() const;

    const std::uint64_t seed_;
    ::testing::ScopedTrace trace_;
    Instant now_{1000s};
    std::deque<ClientHost> clients_;
    crypto::Random gateway_random_;
    std::multimap<Instant, std::function<void()>> actions_;
    std::uint64_t number_ = 1'000'000;
};

}  // namespace fz::sim
