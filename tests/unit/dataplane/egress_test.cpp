#include "dataplane/egress.h"

#include <gtest/gtest.h>

#include "unit/dataplane/one_client.h"

namespace fz::dataplane {
namespace {

using namespace fz::test;

class EgressTest : public OneClient {
  protected:
    Buffer reply() const { return test::packet("10.1.2.3", "100.64.0.2", 17, udp(53, 5000, 20)); }
    std::uint64_t dropped(Drop reason) const { return drops(counters.to_client, reason); }
};

TEST_F(EgressTest, AReplyIsSealedForTheClientsPath) {
    egress(reply());
    ASSERT_EQ(output.to_network.size(), 1U);
    EXPECT_EQ(output.to_network[0].destination, client_socket);
    EXPECT_EQ(output.to_network[0].source, gateway_socket);
    EXPECT_EQ(opened_by_client(output.to_network[0]), reply());
    EXPECT_TRUE(output.activity_of(kSlot).data_sent);
    expect_balanced();
}

TEST_F(EgressTest, ARelayedPathIsFramedForTheChannel) {
    const wire::SocketAddr relay = socket("192.0.2.9:3478");
    peer->set_path({.destination = relay, .source = {}, .channel = wire::ChannelNumber{0x4003}},
                   directory.graveyard());
    egress(reply());
    ASSERT_EQ(output.to_network.size(), 1U);
    Outgoing& sent = output.to_network[0];
    EXPECT_EQ(sent.destination, relay);
    EXPECT_FALSE(sent.source);
    const auto framed = wire::ChannelData::parse(std::as_const(sent.packet).bytes());
    ASSERT_TRUE(framed);
    EXPECT_EQ(framed->channel, wire::ChannelNumber{0x4003});
    EXPECT_EQ(framed->payload.size(), sent.packet.size() - 4);  // no padding
    sent.packet.pop_front(4);
    EXPECT_EQ(opened_by_client(sent), reply());
}

TEST_F(EgressTest, TheOuterDatagramCarriesTheInnerMark) {
    egress(ipv4(ip("10.1.2.3"), ip("100.64.0.2"), 17, udp(1, 2), {.tos = 0b01}));
    ASSERT_EQ(output.to_network.size(), 1U);
    EXPECT_EQ(output.to_network[0].ecn, wire::Ecn::ect1);
}

TEST_F(EgressTest, EveryLossHasItsName) {
    egress(bytes_of({0x45}));
    EXPECT_EQ(dropped(Drop::malformed_outer), 1U);
    egress(test::packet("10.1.2.3", "10.9.9.9", 17, udp(1, 2)));
    EXPECT_EQ(dropped(Drop::not_a_peer), 1U);
    egress(test::packet("10.1.2.3", "100.64.0.77", 17, udp(1, 2)));
    EXPECT_EQ(dropped(Drop::unknown_peer), 1U);
    egress(test::packet("10.7.7.7", "100.64.0.2", 17, udp(1, 2)));
    EXPECT_EQ(dropped(Drop::reply_filtered), 1U);
    EXPECT_TRUE(output.to_network.empty());  // and nobody is told
    EXPECT_TRUE(output.to_tun.empty());
    expect_balanced();
}

TEST_F(EgressTest, AMissingSessionIsAskedFor) {
    peer->withdraw(kIndex, directory.graveyard());
    egress(reply());
    EXPECT_EQ(dropped(Drop::no_session), 1U);
    EXPECT_TRUE(output.activity_of(kSlot).session_wanted);
    expect_balanced();
}

TEST_F(EgressTest, ADeadSessionIsNotSentWith) {
    now = start + 180s;
    egress(reply());
    EXPECT_EQ(dropped(Drop::no_session), 1U);
    EXPECT_TRUE(output.activity_of(kSlot).session_wanted);
}

TEST_F(EgressTest, TheLargestPacketFitsItsFrameOnARelayedPath) {
    peer->set_path({.destination = socket("[2001:db8::9]:3478"),
                    .source = {},
                    .channel = wire::ChannelNumber{0x4fff}},
                   directory.graveyard());
    egress(test::packet("10.1.2.3", "100.64.0.2", 17, udp(1, 2, 1280 - 28)));
    ASSERT_EQ(output.to_network.size(), 1U);
    EXPECT_EQ(output.to_network[0].packet.size(), 1316U);  // 1280 + 32 + 4
}

}  // namespace
}  // namespace fz::dataplane
