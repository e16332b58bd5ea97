#include "sim/world.h"

#include <algorithm>

#include "client.h"
#include "tunnel/gateway.h"

namespace fz::sim {
namespace {

constexpr Duration kPortalLatency = 20ms;
constexpr UnixSeconds kEpoch{1'750'000'000s};  ///< civil time at instant 0
constexpr std::uint16_t kService = 4000;

crypto::Secret seed_of(std::uint64_t seed, std::uint64_t what) {
    std::array<std::byte, crypto::kKeySize> bytes{};
    Writer writer(bytes);
    writer.be(seed);
    writer.be(what);
    return crypto::Secret(bytes);
}

Uuid id_of(int kind, int number) {
    Uuid id;
    id.bytes[0] = static_cast<std::byte>(kind);
    id.bytes[15] = static_cast<std::byte>(number);
    return id;
}

crypto::KeyPair gateway_keys(std::uint64_t seed) {
    crypto::Random random(seed_of(seed, 1));
    return crypto::generate_key_pair(random);
}

Device gateway_device(std::uint64_t seed) {
    return {id_of(0x6a, 0),
            gateway_keys(seed).public_key,
            {test::ip("100.64.0.1"), test::ip("fd00:2021:1111::1")}};
}

}  // namespace

ClientHost::ClientHost(int n, Nat::Mapping mapping, Network& network)
    : number(n),
      nat(wire::IpAddr::v4(203, 0, 113, static_cast<std::uint8_t>(n)), mapping),
      host("client " + std::to_string(n), wire::IpAddr::v4(10, 0, static_cast<std::uint8_t>(n), 2),
           network) {
    network.put_behind(host.socket().ip, nat);
}

Buffer numbered(const wire::IpAddr& from, const wire::IpAddr& to, std::uint16_t to_port,
                std::uint64_t number) {
    Buffer datagram = test::udp(kService, to_port, 8);
    store_be(datagram.data() + 8, number);
    return from.is_v4() ? test::ipv4(from, to, test::kUdp, datagram)
                        : test::ipv6(from, to, test::kUdp, datagram);
}

std::vector<std::uint64_t> numbers_of(const std::vector<Buffer>& packets) {
    std::vector<std::uint64_t> numbers;
    for (const Buffer& packet : packets)
        numbers.push_back(load_be<std::uint64_t>(packet.data() + packet.size() - 8));
    return numbers;
}

World::World(std::uint64_t seed, int relay_count)
    : network(seed),
      portal(gateway_device(seed), seed),
      gateway("gateway", test::ip("198.51.100.1"), network),
      seed_(seed),
      trace_(__FILE__, __LINE__, "seed " + std::to_string(seed)),
      gateway_random_(seed_of(seed, 2)) {
    for (int i = 1; i <= relay_count; ++i)
        portal.relays.push_back(relays.emplace_back(i).description());
    portal.resources = {test::cidr(1, "10.1.0.0/16"), test::cidr(2, "10.2.0.0/16"),
                        test::cidr(3, "10.3.0.0/16", {test::allow_udp(kService, kService)})};
    gateway.run(make_gateway());
    tell_gateway(portal.gateway_init());
    run(1s);
}

std::unique_ptr<tunnel::Endpoint> World::make_gateway() {
    return std::make_unique<tunnel::Gateway>(gateway_keys(seed_), gateway_random_);
}

ClientHost& World::add_client(Nat::Mapping mapping) {
    const int number = static_cast<int>(clients_.size()) + 1;
    ClientHost& client = clients_.emplace_back(number, mapping, network);
    const std::string host = std::to_string(number + 1);
    client.device = {id_of(0xc1, number),
                     {},
                     {test::ip("100.64.0." + host), test::ip("fd00:2021:1111::" + host)}};
    client.random =
        std::make_unique<crypto::Random>(seed_of(seed_, 100 + static_cast<std::uint64_t>(number)));
    restart(client);
    run(1s);
    return client;
}

void World::restart(ClientHost& client) {
    const crypto::KeyPair keys = crypto::generate_key_pair(*client.random);
    client.device.key = keys.public_key;
    portal.join(client.device);
    client.host.run(std::make_unique<client::Client>(
        keys, std::vector{*wire::Cidr::parse("10.9.0.0/16")}, *client.random));
    client.host.hear(portal::ClientIngress{portal.client_init(client.device)});
}

void World::announce(const std::vector<Uuid>& gone, const std::vector<portal::Relay>& come) {
    std::erase_if(portal.relays, [&](const portal::Relay& relay) {
        return std::find(gone.begin(), gone.end(), relay.id) != gone.end();
    });
    portal.relays.insert(portal.relays.end(), come.begin(), come.end());
    tell_gateway(portal::RelaysPresence{gone, come});
    for (ClientHost& client : clients_)
        client.host.hear(portal::ClientIngress{portal::RelaysPresence{gone, come}});
}

void World::block_direct() {
    network.blocks = [this](const Datagram& datagram) {
        return std::none_of(relays.begin(), relays.end(), [&](const TurnServer& relay) {
            return relay.ip() == datagram.from.ip || relay.ip() == datagram.to.ip;
        });
    };
}

Now World::now() const { return {now_, UnixTime{kEpoch} + now_.time_since_epoch()}; }

UnixSeconds World::unix_in(std::chrono::seconds span) const {
    return std::chrono::floor<std::chrono::seconds>(now().unix) + span;
}

std::optional<Instant> World::next() const {
    std::optional<Instant> next = earlier(network.next_arrival(), gateway.poll_timeout());
    if (!actions_.empty()) next = earlier(next, actions_.begin()->first);
    for (const ClientHost& client : clients_) next = earlier(next, client.host.poll_timeout());
    return next;
}

void World::tick_all() {
    const auto tick = [&](Host& host, const Uuid& id) {
        if (!host.is_due(now())) return;
        host.tick(now());
        collect(host, id);
    };
    tick(gateway, portal.gateway().id);
    for (ClientHost& client : clients_) tick(client.host, client.device.id);
}

bool World::step(Instant until) {
    tick_all();  // what the test itself has handed over
    const auto due = next();
    if (!due || *due > until) {
        now_ = until;
        return false;
    }
    now_ = std::max(now_, *due);
    while (!actions_.empty() && actions_.begin()->first <= now_)
        actions_.extract(actions_.begin()).mapped()();
    while (auto datagram = network.receive(now_)) {
        for (TurnServer& relay : relays)
            if (relay.ip() == datagram->to.ip)
                if (auto answer = relay.handle(*datagram, now_)) network.send(*answer, now_);
        if (datagram->to == gateway.socket()) gateway.deliver(std::move(*datagram));
        for (ClientHost& client : clients_)
            if (datagram->to == client.host.socket()) client.host.deliver(std::move(*datagram));
    }
    tick_all();
    return true;
}

void World::run(Duration span) {
    run_until([] { return false; }, span);
}

bool World::run_until(const std::function<bool()>& done, Duration span) {
    const Instant until = now_ + span;
    while (!done())
        if (!step(until)) return done();
    return true;
}

void World::collect(Host& host, const Uuid& id) {
    for (portal::EgressMessage& message : std::exchange(host.to_portal, {})) {
        auto* added = std::get_if<portal::BroadcastIceCandidates>(&message);
        if (garble_candidates && added != nullptr) {
            added->candidates.insert(added->candidates.begin(), {"", "candidate:", "\xff\xfe"});
            added->candidates.push_back("candidate:1 2 udp 1 1.2.3.4 5 typ host");
        }
        for (Addressed& addressed : portal.hear(id, message))
            at(kPortalLatency, [this, addressed = std::move(addressed)] { deliver(addressed); });
    }
}

void World::deliver(const Addressed& addressed) {
    if (addressed.to == portal.gateway().id) gateway.hear(addressed.message);
    for (ClientHost& client : clients_)
        if (client.device.id == addressed.to) client.host.hear(addressed.message);
}

std::uint64_t World::drops(dataplane::Drop reason) {
    const auto at = static_cast<std::size_t>(reason);
    return counters().to_resource.drops[at] + counters().to_client.drops[at];
}

void World::expect_balanced() {
    for (const auto* way : {&counters().to_resource, &counters().to_client})
        EXPECT_EQ(way->received, way->delivered + way->dropped_total());
}

void World::client_sends(ClientHost& client, std::uint64_t number, std::string_view to) {
    client.host.route(numbered(client.device.addresses.v4, test::ip(to), kService, number));
}

void World::resource_sends(const ClientHost& client, std::uint64_t number, std::string_view from) {
    gateway.route(numbered(test::ip(from), client.device.addresses.v4, kService, number));
}

bool World::connects(ClientHost& client) {
    for (int second = 0; second < 30; ++second) {
        if (works(client)) return true;
        run(500ms);
    }
    return false;
}

bool World::works(ClientHost& client) {
    const auto arrives = [&](const std::vector<Buffer>& packets, std::uint64_t number) {
        return run_until(
            [&] {
                const auto numbers = numbers_of(packets);
                return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
            },
            500ms);
    };
    client_sends(client, ++number_);
    if (!arrives(gateway.from_tun, number_)) return false;
    resource_sends(client, ++number_);
    return arrives(client.host.from_tun, number_);
}

}  // namespace fz::sim
