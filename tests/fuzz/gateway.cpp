// A gateway, a client and a relay under an arbitrary script: portal messages, datagrams that are
// delivered, lost, doubled, corrupted or invented, TUN packets and jumps in time.
//
// Input: steps; each an operation byte and its operands (below). Holds after every step: the
// counters balance, an operator is told a true summary, nothing is due that was just handled,
// draining ends, output is bounded.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/assert.h"
#include "client.h"
#include "crypto/x25519.h"
#include "sim/turn_server.h"
#include "tunnel/gateway.h"
#include "unit/policy/resources.h"
#include "unit/tunnel/one_thread.h"

namespace {

using namespace fz;

constexpr std::size_t kMaxOutput = 4000;  ///< of any kind, in one turn of the loop
constexpr int kClients = 3;
constexpr UnixSeconds kEpoch{1'750'000'000s};

const wire::SocketAddr kGatewaySocket = wire::SocketAddr::parse("198.51.100.1:52625").value();
const wire::SocketAddr kClientSocket = wire::SocketAddr::parse("203.0.113.5:52625").value();
const portal::TunnelAddresses kGatewayAddresses{test::ip("100.64.0.1"),
                                                test::ip("fd00:2021:1111::1")};

portal::TunnelAddresses addresses_of(int client) {
    const std::string host = std::to_string(client % kClients + 2);
    return {test::ip("100.64.0." + host), test::ip("fd00:2021:1111::" + host)};
}

policy::Resource resource_of(int number) {
    switch (number % 4) {
        case 0:
            return test::cidr(0, "10.1.0.0/16");
        case 1:
            return test::cidr(1, "2001:db8::/32", {test::allow_udp(53, 4000), test::kAllowIcmp});
        case 2:
            return test::internet(2);
        default:
            return test::dns(3);
    }
}

class Script {
  public:
    explicit Script(Bytes input) : input_(input) {
        client_.handle_portal(portal::ClientIngress{portal::ClientInit{
                                  {addresses_of(0), {}, {}},
                                  {{test::id(0), "", resource_of(0).target, {}, {}}},
                                  {relay_.description()}}},
                              now());
    }

    void run() {
        while (!input_.at_end() && input_.ok()) {
            step(input_.u8());
            turn(gateway_, kGatewaySocket);
            turn(client_, kClientSocket);
            for (const auto* way :
                 {&at_gateway_.counters().to_resource, &at_gateway_.counters().to_client})
                FZ_ASSERT(way->received == way->delivered + way->dropped_total());
            check_roster();
        }
    }

  private:
    void check_roster() const {
        const tunnel::PeerPage page = gateway_.peers(0, kClients + 1, now_);
        FZ_ASSERT(page.rows.size() <= kClients && !page.next);
        tunnel::RosterSummary counted;
        for (const tunnel::PeerRow& row : page.rows) {
            FZ_ASSERT(row.grant_count > 0);
            ++(row.path() == tunnel::PathKind::connecting ? counted.connecting
               : row.path() == tunnel::PathKind::direct   ? counted.direct
                                                          : counted.relayed);
        }
        const tunnel::RosterSummary told = gateway_.summary();
        FZ_ASSERT(told.connecting == counted.connecting && told.direct == counted.direct &&
                  told.relayed == counted.relayed && told.allocated_relays <= told.relays);
    }

    [[nodiscard]] Now now() const { return {now_, UnixTime{kEpoch} + now_.time_since_epoch()}; }
    std::optional<UnixSeconds> expiry() {
        const int seconds = input_.u8();
        if (seconds == 0) return std::nullopt;
        return std::chrono::floor<std::chrono::seconds>(now().unix) + std::chrono::seconds(seconds);
    }
    template <typename Message>
    void tell(Message message) {
        gateway_.handle_portal(portal::GatewayIngress{std::move(message)}, now());
    }

    void step(std::uint8_t operation) {
        switch (operation % 16) {
            case 0:
                return init();
            case 1:
                return authorize(input_.u8(), resource_of(input_.u8()), expiry());
            case 2:
                return tell(portal::RejectAccess{test::id(100 + input_.u8() % kClients),
                                                 test::id(input_.u8() % 4)});
            case 3:
                return tell(portal::IceCandidates{peer(), {text()}});
            case 4:
                return tell(portal::InvalidateIceCandidates{peer(), {text()}});
            case 5:
                return relays(input_.u8());
            case 6: {
                policy::Resource resource = resource_of(input_.u8());
                resource.filters = {test::allow_tcp(input_.u8(), input_.u8())};
                return tell(portal::ResourceUpdated{resource});
            }
            case 7:
                return tell(portal::AccessExpiryUpdated{peer(), test::id(input_.u8() % 4),
                                                        expiry().value_or(kEpoch)});
            case 8:
                return invent();
            case 9:
                return from_tun(gateway_, kGatewaySocket, bytes());
            case 10:
                return from_tun(gateway_, kGatewaySocket,
                                test::packet("10.1.0.5", "100.64.0.2", test::kUdp, bytes()));
            case 11:
                return from_tun(client_, kClientSocket,
                                test::packet("100.64.0.2", "10.1.0.5", test::kUdp, bytes()));
            case 12:
                now_ += std::chrono::milliseconds(input_.u8());
                return;
            case 13:
                now_ += std::chrono::seconds(input_.u8());
                return;
            case 14:
                return deliver(input_.u8());
            default:
                return deliver_all();
        }
    }

    // Portal.
    Uuid peer() { return test::id(100 + input_.u8() % kClients); }
    std::string text() {
        const Bytes raw = bytes();
        if (raw.empty()) return "candidate:1 1 udp 1694498559 203.0.113.5 52625 typ srflx";
        return {reinterpret_cast<const char*>(raw.data()), raw.size()};
    }
    Bytes bytes() { return input_.bytes(std::min<std::size_t>(input_.u8(), input_.rest().size())); }

    void init() {
        portal::Init init{{kGatewayAddresses, {}, {}}, {relay_.description()}, {}, {}};
        for (int granted = input_.u8() % 8; granted > 0; --granted)
            init.authorizations.push_back(
                {peer(), test::id(input_.u8() % 4), expiry().value_or(kEpoch)});
        tell(std::move(init));
    }

    /// Client 0 is the real one; the others are only spoken of. A high operand means other keys.
    void authorize(int number, policy::Resource resource, std::optional<UnixSeconds> expires_at) {
        const int client = number % kClients;
        const policy::ResourceId id = resource.id;
        const bool real = client == 0;
        const crypto::PublicKey key =
            real ? client_keys_.public_key : crypto::PublicKey{{static_cast<std::byte>(number)}};
        const portal::IceCredentials theirs{"cccc", "client password 22 ch."};
        const portal::IceCredentials ours{"gggg", "gateway password 22 ch"};
        tell(portal::AuthorizeFlow{"ref",
                                   std::move(resource),
                                   {test::id(100 + client), key, {}, addresses_of(client)},
                                   theirs,
                                   ours,
                                   expires_at});
        if (real)
            client_.handle_portal(
                portal::ClientIngress{portal::FlowCreated{id,
                                                          test::id(99),
                                                          {},
                                                          gateway_keys_.public_key,
                                                          kGatewayAddresses,
                                                          {},
                                                          theirs,
                                                          ours}},
                now());
    }

    void relays(std::uint8_t choice) {
        if (choice % 4 == 3) relay_.restart(std::to_string(choice));
        portal::RelaysPresence presence;
        if (choice % 2 == 1) presence.disconnected = {relay_.description().id};
        if (choice % 4 != 1) presence.connected = {relay_.description()};
        tell(presence);
        client_.handle_portal(portal::ClientIngress{presence}, now());
    }

    // Network.
    void invent() {
        const std::uint8_t source = input_.u8();
        const wire::SocketAddr from = source % 3 == 0   ? kClientSocket
                                      : source % 3 == 1 ? *relay_.description().addr.v4
                                                        : wire::SocketAddr{{}, source};
        const Bytes payload = bytes();
        arrive({from, kGatewaySocket, {payload.begin(), payload.end()}});
    }

    /// The oldest datagram under way: delivered, lost, doubled or with a bit turned.
    void deliver(std::uint8_t fate) {
        if (in_flight_.empty()) return;
        sim::Datagram datagram = std::move(in_flight_.front());
        in_flight_.pop_front();
        if (fate % 4 == 1) return;
        if (fate % 4 == 2) in_flight_.push_back(datagram);
        if (fate % 4 == 3 && !datagram.payload.empty())
            datagram.payload[fate % datagram.payload.size()] ^= std::byte{0x10};
        arrive(datagram);
    }
    void deliver_all() {
        for (std::size_t rounds = 0; rounds < 500 && !in_flight_.empty(); ++rounds) {
            deliver(0);
            turn(gateway_, kGatewaySocket);
            turn(client_, kClientSocket);
        }
    }

    void arrive(const sim::Datagram& datagram) {
        if (datagram.to.ip == relay_.ip()) {
            if (auto answer = relay_.handle(datagram, now_)) in_flight_.push_back(*answer);
        } else if (datagram.to == kGatewaySocket) {
            ingress(gateway_, datagram);
        } else if (datagram.to == kClientSocket) {
            ingress(client_, datagram);
        }
    }

    void ingress(tunnel::Endpoint& endpoint, const sim::Datagram& datagram) {
        test::OneThread& packets = packets_of(endpoint);
        packets.receive(endpoint, datagram.from, datagram.to, datagram.payload, datagram.ecn,
                        now());
        empty(packets, datagram.to);
    }
    void from_tun(tunnel::Endpoint& endpoint, const wire::SocketAddr& socket, Bytes packet) {
        test::OneThread& packets = packets_of(endpoint);
        packets.read_tun(endpoint, packet, now());
        empty(packets, socket);
    }
    void empty(test::OneThread& packets, const wire::SocketAddr& socket) {
        for (const test::Sent& out : packets.sent) send(socket, out.destination, out.bytes);
        packets.sent.clear();
        packets.to_tun.clear();
    }
    test::OneThread& packets_of(const tunnel::Endpoint& endpoint) {
        return &endpoint == &gateway_ ? at_gateway_ : at_client_;
    }
    void send(const wire::SocketAddr& from, const wire::SocketAddr& to, Bytes payload) {
        FZ_ASSERT(payload.size() <= wire::kMaxDatagram);
        if (in_flight_.size() < kMaxOutput)
            in_flight_.push_back({from, to, {payload.begin(), payload.end()}});
    }

    /// The rest of one turn of the loop, by the endpoint's contract.
    void turn(tunnel::Endpoint& endpoint, const wire::SocketAddr& socket) {
        if (const auto due = endpoint.poll_timeout(); due && *due <= now_)
            endpoint.handle_timeout(now());
        std::size_t outputs = 0;
        while (const auto out = endpoint.poll_transmit()) {
            send(socket, out->dst, out->payload.view());
            FZ_ASSERT(++outputs < kMaxOutput);
        }
        while (const auto message = endpoint.poll_portal()) {
            FZ_ASSERT(++outputs < kMaxOutput);
            if (const auto* added = std::get_if<portal::BroadcastIceCandidates>(&*message))
                signalled_.push_back({&endpoint, added->candidates});
        }
        while (endpoint.poll_host()) FZ_ASSERT(++outputs < kMaxOutput);
        endpoint.graveyard().clear();
        const auto due = endpoint.poll_timeout();
        FZ_ASSERT(!due || *due > now_);
        for (const auto& [from, candidates] : std::exchange(signalled_, {})) {
            if (from == &gateway_) {
                client_.handle_portal(
                    portal::ClientIngress{portal::IceCandidates{test::id(99), candidates}}, now());
            } else {
                tell(portal::IceCandidates{test::id(100), candidates});
            }
        }
    }

    struct Signalled {
        tunnel::Endpoint* from;
        std::vector<std::string> candidates;
    };

    Reader input_;
    Instant now_{1000s};
    crypto::Random random_{crypto::Secret{}};
    const crypto::KeyPair gateway_keys_ = crypto::generate_key_pair(random_);
    const crypto::KeyPair client_keys_ = crypto::generate_key_pair(random_);
    test::OneThread at_gateway_;
    test::OneThread at_client_;
    sim::TurnServer relay_{1};
    tunnel::Gateway gateway_{gateway_keys_, random_};
    client::Client client_{client_keys_, {}, random_};
    std::deque<sim::Datagram> in_flight_;
    std::vector<Signalled> signalled_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    Script(std::as_bytes(std::span(data, size))).run();
    return 0;
}
