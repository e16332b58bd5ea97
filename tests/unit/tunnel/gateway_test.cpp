// What the portal hears and the host is asked for, message by message; whole paths are in
// tests/sim.
#include "tunnel/gateway.h"

#include <gtest/gtest.h>

#include "unit/tunnel/one_thread.h"

#include "crypto/x25519.h"
#include "stun/builder.h"
#include "stun/message.h"
#include "unit/policy/resources.h"

namespace fz::tunnel {
namespace {

const wire::SocketAddr kRelay = wire::SocketAddr::parse("192.0.2.1:3478").value();
const wire::SocketAddr kOtherRelay = wire::SocketAddr::parse("192.0.2.2:3478").value();
const wire::SocketAddr kOurs = wire::SocketAddr::parse("198.51.100.1:52625").value();
const Uuid kAlice = test::id(100);

portal::Relay relay(int id = 50, const wire::SocketAddr& listens = kRelay) {
    return {test::id(id), {listens, std::nullopt}, "user", "password", {}};
}

portal::AuthorizeFlow authorize(int resource, std::string_view tunnel_v4 = "100.64.0.2") {
    return {"ref-" + std::to_string(resource),
            test::cidr(resource, "10.1.0.0/16"),
            {kAlice,
             crypto::PublicKey{{std::byte{9}}},
             {},
             {test::ip(tunnel_v4), test::ip("fd00:2021:1111::2")}},
            {"cccc", "client password 22 ch."},
            {"gggg", "gateway password 22 ch"},
            std::nullopt};
}

class GatewayTest : public ::testing::Test {
  protected:
    Now now{Instant{1000s}, UnixTime{1'750'000'000s}};
    crypto::Random random{crypto::Secret{}};
    test::OneThread packets;
    Gateway gateway{crypto::generate_key_pair(random), random};

    template <typename Message>
    void tell(Message message) {
        gateway.handle_portal(portal::GatewayIngress{std::move(message)}, now);
    }
    void init(std::vector<portal::Relay> relays = {relay()},
              std::vector<portal::Authorization> authorizations = {}) {
        tell(portal::Init{{{test::ip("100.64.0.1"), test::ip("fd00:2021:1111::1")}, {}, {}},
                          std::move(relays),
                          {},
                          std::move(authorizations)});
    }
    /// Every relay tells us our address.
    void answer_bindings() {
        while (const auto out = gateway.poll_transmit()) {
            const auto request = stun::Message::parse(out->payload.view());
            if (!request || !request->is(stun::Class::request, stun::Method::binding)) continue;
            wire::DatagramBytes answer;
            stun::Builder(answer, stun::Class::success, stun::Method::binding,
                          request->transaction_id())
                .xor_mapped_address(kOurs);
            arrive(answer.view(), out->dst);
        }
    }
    void arrive(Bytes bytes, const wire::SocketAddr& from) {
        packets.receive(gateway, from, kOurs, bytes, wire::Ecn::not_ect, now);
    }
    /// The reason why a packet to a tunnel address is lost.
    std::optional<dataplane::Drop> fate_of_packet_to(std::string_view tunnel_ip) {
        const auto before = packets.counters().to_client.drops;
        packets.read_tun(gateway, test::packet("10.1.0.5", tunnel_ip, test::kUdp, test::udp(1, 2)),
                         now);
        for (std::size_t i = 0; i < dataplane::kDropCount; ++i)
            if (packets.counters().to_client.drops[i] != before[i])
                return static_cast<dataplane::Drop>(i);
        return std::nullopt;
    }
    template <typename T>
    static std::size_t count(const std::vector<portal::EgressMessage>& messages) {
        std::size_t found = 0;
        for (const auto& message : messages) found += std::holds_alternative<T>(message) ? 1 : 0;
        return found;
    }
    std::vector<portal::EgressMessage> said() {
        std::vector<portal::EgressMessage> messages;
        while (auto message = gateway.poll_portal()) messages.push_back(std::move(*message));
        return messages;
    }
    std::vector<HostRequest> asked() {
        std::vector<HostRequest> requests;
        while (auto request = gateway.poll_host()) requests.push_back(std::move(*request));
        return requests;
    }
};

TEST_F(GatewayTest, AFloodOfHandshakesFillsNoLog) {
    static int lines = 0;
    const crypto::KeyPair ours = crypto::generate_key_pair(random);
    const crypto::KeyPair strangers = crypto::generate_key_pair(random);
    Gateway flooded(ours, random);
    noise::Tunnel stranger(strangers, ours.public_key, {}, 1, {}, now, random);
    stranger.initiate(now);
    const auto initiation = stranger.poll_transmit();
    ASSERT_TRUE(initiation);
    log::set_sink([](const log::Line&) { ++lines; }, log::Level::debug);
    for (int i = 0; i < 100; ++i)
        packets.receive(flooded, kRelay, kOurs, initiation->view(), wire::Ecn::not_ect, now);
    log::set_sink(nullptr, log::Level::error);
    EXPECT_EQ(lines, log::Limit::kLinesPerWindow);
}

TEST_F(GatewayTest, InitConfiguresTheInterface) {
    init();
    const auto requests = asked();
    ASSERT_EQ(requests.size(), 1u);
    const auto& configure = std::get<ConfigureInterface>(requests[0]);
    EXPECT_EQ(configure.addresses.v4, test::ip("100.64.0.1"));
    EXPECT_EQ(configure.addresses.v6, test::ip("fd00:2021:1111::1"));
    const std::vector routes{*wire::Cidr::parse("100.64.0.0/11"),
                             *wire::Cidr::parse("fd00:2021:1111::/107")};
    EXPECT_EQ(configure.routes, routes);
}

TEST_F(GatewayTest, AuthorizesBeforeItSignalsCandidates) {
    init();
    answer_bindings();
    tell(authorize(1));
    const auto messages = said();
    ASSERT_EQ(messages.size(), 2u);
    EXPECT_EQ(std::get<portal::FlowAuthorized>(messages[0]).ref, "ref-1");
    const auto& candidates = std::get<portal::BroadcastIceCandidates>(messages[1]);
    EXPECT_EQ(candidates.peers, std::vector{kAlice});
    ASSERT_FALSE(candidates.candidates.empty());
    EXPECT_NE(candidates.candidates[0].find("198.51.100.1 52625 typ host"), std::string::npos);
}

TEST_F(GatewayTest, SignalsCandidatesThatAreFoundLater) {
    init();
    tell(authorize(1));
    EXPECT_EQ(count<portal::BroadcastIceCandidates>(said()), 0u);
    answer_bindings();
    EXPECT_GE(count<portal::BroadcastIceCandidates>(said()), 1u);
}

TEST_F(GatewayTest, SignalsAnAddressThatTwoRelaysSeeOnce) {
    init({relay(), relay(51, kOtherRelay)});
    tell(authorize(1));
    static_cast<void>(said());
    answer_bindings();
    std::vector<std::string> lines;
    for (const auto& message : said()) {
        const auto& signalled = std::get<portal::BroadcastIceCandidates>(message).candidates;
        lines.insert(lines.end(), signalled.begin(), signalled.end());
    }
    ASSERT_EQ(lines.size(), 2u) << "one of kind host, one of kind srflx";
    EXPECT_NE(lines[0], lines[1]);
}

TEST_F(GatewayTest, SignalsAllCandidatesAgainWhenAskedAgain) {
    init();
    answer_bindings();
    tell(authorize(1));
    const auto first = std::get<portal::BroadcastIceCandidates>(said()[1]).candidates;
    tell(authorize(2));
    const auto again = said();
    EXPECT_EQ(std::get<portal::FlowAuthorized>(again[0]).ref, "ref-2");
    EXPECT_EQ(std::get<portal::BroadcastIceCandidates>(again[1]).candidates, first);
}

TEST_F(GatewayTest, RefusesAuthorizationsBeforeInit) {
    tell(authorize(1));
    EXPECT_TRUE(said().empty());
    EXPECT_EQ(fate_of_packet_to("100.64.0.2"), dataplane::Drop::unknown_peer);
}

TEST_F(GatewayTest, WithoutARelayItDialsAgainAndAnswersNothing) {
    init({});
    static_cast<void>(asked());
    tell(authorize(1));
    EXPECT_TRUE(said().empty());
    const auto requests = asked();
    ASSERT_EQ(requests.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<RedialPortal>(requests[0]));
    EXPECT_EQ(fate_of_packet_to("100.64.0.2"), dataplane::Drop::unknown_peer);
}

TEST_F(GatewayTest, AKnownConnectionNeedsNoRelay) {
    init();
    answer_bindings();
    tell(authorize(1));
    static_cast<void>(said());
    static_cast<void>(asked());
    tell(portal::RelaysPresence{{relay().id}, {}});
    tell(authorize(2));
    EXPECT_EQ(count<portal::FlowAuthorized>(said()), 1u);
    EXPECT_TRUE(asked().empty());
}

TEST_F(GatewayTest, PacketsWaitForAPathOnceAuthorized) {
    init();
    tell(authorize(1));
    EXPECT_EQ(fate_of_packet_to("100.64.0.2"), dataplane::Drop::no_path);
    EXPECT_EQ(fate_of_packet_to("100.64.0.3"), dataplane::Drop::unknown_peer);
}

TEST_F(GatewayTest, RejectingTheLastResourceForgetsTheClient) {
    init();
    tell(authorize(1));
    tell(authorize(2));
    tell(portal::RejectAccess{kAlice, test::id(1)});
    EXPECT_EQ(fate_of_packet_to("100.64.0.2"), dataplane::Drop::no_path);
    tell(portal::RejectAccess{kAlice, test::id(2)});
    EXPECT_EQ(fate_of_packet_to("100.64.0.2"), dataplane::Drop::unknown_peer);
}

TEST_F(GatewayTest, AnInitRevokesWhatItDoesNotList) {
    init();
    tell(authorize(1));
    init({relay()}, {{kAlice, test::id(1), UnixSeconds{1'750'000'001s}}});
    EXPECT_EQ(fate_of_packet_to("100.64.0.2"), dataplane::Drop::no_path);
    init({relay()}, {{kAlice, test::id(2), UnixSeconds{1'750'000'001s}}});
    EXPECT_EQ(fate_of_packet_to("100.64.0.2"), dataplane::Drop::unknown_peer);
}

TEST_F(GatewayTest, AnInitWithAPastExpiryRevokes) {
    init();
    tell(authorize(1));
    init({relay()}, {{kAlice, test::id(1), UnixSeconds{1'750'000'000s}}});
    EXPECT_EQ(fate_of_packet_to("100.64.0.2"), dataplane::Drop::unknown_peer);
}

TEST_F(GatewayTest, AuthorizingAgainMovesTheClientToItsNewTunnelAddress) {
    init();
    tell(authorize(1));
    tell(authorize(1, "100.64.0.9"));
    EXPECT_EQ(fate_of_packet_to("100.64.0.9"), dataplane::Drop::no_path);
    EXPECT_EQ(fate_of_packet_to("100.64.0.2"), dataplane::Drop::unknown_peer);
}

TEST_F(GatewayTest, MessagesForOthersChangeNothing) {
    init();
    tell(portal::RejectAccess{kAlice, test::id(1)});
    tell(portal::AccessExpiryUpdated{kAlice, test::id(1), {}});
    tell(portal::IceCandidates{kAlice, {"candidate:1 1 udp 1 1.2.3.4 5 typ host"}});
    tell(portal::InvalidateIceCandidates{kAlice, {"nonsense"}});
    tell(portal::ResourceUpdated{test::cidr(1, "10.1.0.0/16")});
    gateway.handle_portal(portal::ClientIngress{portal::ResourceDeleted{test::id(1)}}, now);
    EXPECT_TRUE(said().empty());
}

}  // namespace
}  // namespace fz::tunnel
