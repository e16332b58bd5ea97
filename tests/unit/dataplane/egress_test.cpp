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
    ASSERT_EQ(sent().size(), 1U);
    EXPECT_EQ(sent()[0].destination, client_socket);
    EXPECT_EQ(sent()[0].source, gateway_socket);
    EXPECT_EQ(opened_by_client(sent()[0].bytes), reply());
    EXPECT_EQ(activity().data_sent, now);
    expect_balanced();
}

TEST_F(EgressTest, ARelayedPathIsFramedForTheChannel) {
    const wire::SocketAddr relay = socket("192.0.2.9:3478");
    peer->set_path({.destination = relay, .source = {}, .channel = wire::ChannelNumber{0x4003}},
                   directory.graveyard());
    egress(reply());
    ASSERT_EQ(sent().size(), 1U);
    EXPECT_EQ(sent()[0].destination, relay);
    EXPECT_FALSE(sent()[0].source);
    const auto framed = wire::ChannelData::parse(sent()[0].bytes);
    ASSERT_TRUE(framed);
    EXPECT_EQ(framed->channel, wire::ChannelNumber{0x4003});
    EXPECT_EQ(framed->payload.size(), sent()[0].bytes.size() - 4);  // no padding
    EXPECT_EQ(opened_by_client(framed->payload), reply());
}

TEST_F(EgressTest, TheOuterDatagramCarriesTheInnerMark) {
    egress(ipv4(ip("10.1.2.3"), ip("100.64.0.2"), 17, udp(1, 2), {.tos = 0b01}));
    ASSERT_EQ(sent().size(), 1U);
    EXPECT_EQ(sent()[0].ecn, wire::Ecn::ect1);
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

TEST_F(EgressTest, AMissingSessionIsAskedForAtOnce) {
    peer->withdraw(kIndex, directory.graveyard());
    egress(reply());
    EXPECT_EQ(dropped(Drop::no_session), 1U);
    EXPECT_EQ(activity().session_wanted, now);
    EXPECT_EQ(output.urgency, Urgency::now);
    expect_balanced();
}

TEST_F(EgressTest, ADeadSessionIsNotSentWith) {
    now = start + 180s;
    egress(reply());
    EXPECT_EQ(dropped(Drop::no_session), 1U);
    EXPECT_EQ(activity().session_wanted, now);
}

TEST_F(EgressTest, TheLargestPacketFitsOnARelayedPath) {
    peer->set_path({.destination = socket("[2001:db8::9]:3478"),
                    .source = {},
                    .channel = wire::ChannelNumber{0x4fff}},
                   directory.graveyard());
    egress(test::packet("10.1.2.3", "100.64.0.2", 17, udp(1, 2, 1280 - 28)));
    ASSERT_EQ(sent(wire::Family::v6).size(), 1U);
    EXPECT_EQ(sent(wire::Family::v6)[0].bytes.size(), 1316U);  // 1280 + 32 + 4
}

/// A TCP super-packet of `segments` whole segments and a last one of 100 bytes.
Buffer super_packet(std::size_t segments) {
    return test::packet("10.1.2.3", "100.64.0.2", 6, tcp(80, 5000, segments * 1240 + 100));
}
const wire::Offload kTcp{.kind = wire::Offload::Kind::tcp_v4,
                         .segment_size = 1240,
                         .header_length = 40,
                         .needs_checksum = true,
                         .checksum_start = 20,
                         .checksum_offset = 16};

TEST_F(EgressTest, ASuperPacketLeavesAsTrainsOfSealedSegments) {
    egress(super_packet(51), kTcp);
    // 65467 bytes hold 49 datagrams of 1312; the short one ends the second train.
    ASSERT_EQ(sent().size(), 2U);
    EXPECT_EQ(sent()[0].count(), 49U);
    EXPECT_EQ(sent()[0].segment, 1312U);
    EXPECT_EQ(sent()[1].count(), 3U);
    EXPECT_EQ(counters.to_client.received, 52U);
    EXPECT_EQ(counters.to_client.delivered, 52U);
    expect_balanced();

    std::size_t seen = 0;
    for (const wire::OutgoingTrain& train : sent())
        for (Bytes rest = train.bytes; !rest.empty();) {
            const Bytes one = rest.first(std::min(train.segment, rest.size()));
            const Buffer segment = opened_by_client(one);
            EXPECT_TRUE(wire::IpPacketView::parse(segment));
            EXPECT_EQ(load_be<std::uint32_t>(segment.data() + 24), 1240 * seen);  // TCP sequence
            rest = rest.subspan(one.size());
            ++seen;
        }
    EXPECT_EQ(seen, 52U);
}

TEST_F(EgressTest, WhatIsSealedIsMeteredAsInnerPackets) {
    egress(reply());
    EXPECT_EQ(peer->sent().read(), (Traffic{.packets = 1, .bytes = 48}));
    egress(super_packet(51), kTcp);  // 52 headers of 40 bytes, 51 * 1240 + 100 bytes of text
    EXPECT_EQ(peer->sent().read(), (Traffic{.packets = 53, .bytes = 48 + 52 * 40 + 63'340}));
    EXPECT_EQ(seal_for(*peer, {}, wire::Ecn::not_ect, now, *lane), std::nullopt);
    EXPECT_EQ(peer->sent().read().packets, 53U) << "a keep-alive is no packet";
    peer->withdraw(kIndex, directory.graveyard());
    egress(reply());
    EXPECT_EQ(peer->sent().read().packets, 53U) << "nor is what was dropped";
    EXPECT_EQ(peer->received().read(), Traffic{});
}

TEST_F(EgressTest, SegmentsShareTheFateOfTheirSuperPacket) {
    peer->withdraw(kIndex, directory.graveyard());
    egress(super_packet(3), kTcp);
    EXPECT_EQ(dropped(Drop::no_session), 4U);
    wire::Offload lying = kTcp;
    lying.segment_size = 0;
    egress(super_packet(3), lying);
    EXPECT_EQ(dropped(Drop::malformed_outer), 1U);
    lying.segment_size = 1260;  // segments that no client could take
    egress(super_packet(3), lying);
    EXPECT_EQ(dropped(Drop::malformed_outer), 1U + 4);
    EXPECT_TRUE(output.to_network.empty());
    expect_balanced();
}

TEST_F(EgressTest, WhatTheLaneHasNoRoomForStaysInFront) {
    std::vector<Buffer> buffers(8, super_packet(51));
    std::vector<wire::SuperPacket> all;
    for (Buffer& bytes : buffers) all.push_back({bytes, kTcp});
    std::span<wire::SuperPacket> packets(all);
    const ClientRouter router(directory);
    std::size_t calls = 0;
    for (; !packets.empty(); ++calls) {
        const std::size_t before = packets.size();
        dataplane::egress(packets, router, now, *lane);
        ASSERT_LT(packets.size(), before);
        output.clear();
    }
    EXPECT_GT(calls, 1U);
    EXPECT_EQ(counters.to_client.delivered, 8U * 52);
    expect_balanced();
}

}  // namespace
}  // namespace fz::dataplane
