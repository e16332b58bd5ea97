#include "dataplane/ingress.h"

#include <gtest/gtest.h>

#include "unit/dataplane/one_client.h"

namespace fz::dataplane {
namespace {

using namespace fz::test;

class IngressTest : public OneClient {
  protected:
    Buffer allowed() const { return test::packet("100.64.0.2", "10.1.2.3", 17, udp(5000, 53, 20)); }
    std::uint64_t dropped(Drop reason) const { return drops(counters.to_resource, reason); }
};

TEST_F(IngressTest, AnAllowedPacketReachesTheTunUnchanged) {
    const Buffer inner = allowed();
    ingress(sealed_by_client(inner));
    ASSERT_EQ(output.to_tun.size(), 1U);
    const Bytes out = std::as_const(output.to_tun[0]).bytes();
    EXPECT_EQ(Buffer(out.begin(), out.end()), inner);
    EXPECT_TRUE(output.activity_of(kSlot).data_received);
    expect_balanced();
}

TEST_F(IngressTest, PaddingIsCutToTheInnerLength) {
    Buffer padded = allowed();
    const std::size_t length = padded.size();
    padded.resize(length + 15);  // WireGuard 5.4.6 pads to 16 bytes
    ingress(sealed_by_client(padded));
    ASSERT_EQ(output.to_tun.size(), 1U);
    EXPECT_EQ(output.to_tun[0].size(), length);
}

TEST_F(IngressTest, AKeepaliveIsActivityButNoPacket) {
    ingress(sealed_by_client({}));
    EXPECT_TRUE(output.to_tun.empty());
    EXPECT_TRUE(output.activity_of(kSlot).keepalive_received);
    EXPECT_FALSE(output.activity_of(kSlot).data_received);
    expect_balanced();
}

TEST_F(IngressTest, WhatIsNotWireguardDataGoesToControlUntouched) {
    const Buffer stun = hex("00010000 2112a442 000102030405060708090a0b");
    ingress(datagram_of(frame_of(stun)));
    ingress(datagram_of(frame_of(bytes_of({}))));
    ASSERT_EQ(output.to_control.size(), 2U);
    EXPECT_EQ(output.to_control[0].packet.size(), stun.size());
    expect_balanced();
}

struct Refusal {
    const char* what;
    Drop reason;
    const char* source;
    const char* destination;
    Buffer transport;
    int protocol;
    int icmp_type;  // of the answer; 0: none
    int icmp_code;
};

TEST_F(IngressTest, RefusedPacketsAreNamedAndAnswered) {
    const Refusal table[] = {
        {"spoofed source", Drop::source_not_client, "100.64.0.9", "10.1.0.1", udp(1, 2), 17, 3, 13},
        {"no resource", Drop::no_resource, "100.64.0.2", "10.9.0.1", udp(1, 2), 17, 3, 13},
        {"filtered port", Drop::filtered, "100.64.0.2", "10.2.0.1", tcp(1, 81), 6, 3, 13},
        {"another client", Drop::hairpin, "100.64.0.2", "100.64.0.3", udp(1, 2), 17, 3, 13},
        {"multicast", Drop::multicast, "100.64.0.2", "224.0.0.1", udp(1, 2), 17, 0, 0},
        {"no v6 resource", Drop::no_resource, "fd00:2021:1111::2", "2001:db9::1", udp(1, 2), 17, 1,
         1},
    };
    for (const Refusal& row : table) {
        SCOPED_TRACE(row.what);
        const std::uint64_t before = dropped(row.reason);
        const Buffer inner = test::packet(row.source, row.destination, row.protocol, row.transport);
        ingress(sealed_by_client(inner));
        EXPECT_EQ(dropped(row.reason), before + 1);
        EXPECT_TRUE(output.to_tun.empty());
        ASSERT_EQ(output.to_network.size(), row.icmp_type == 0 ? 0U : 1U);
        if (row.icmp_type == 0) continue;

        const Buffer answer = opened_by_client(output.to_network[0]);
        EXPECT_EQ(output.to_network[0].destination, client_socket);
        const auto view = wire::IpPacketView::parse(answer);
        ASSERT_TRUE(view);
        EXPECT_EQ(view->src(), ip(row.destination));
        EXPECT_EQ(view->dst(), ip(row.source));
        EXPECT_EQ(view->transport()[0], static_cast<std::byte>(row.icmp_type));
        EXPECT_EQ(view->transport()[1], static_cast<std::byte>(row.icmp_code));
        output.to_network.clear();
    }
    expect_balanced();
}

TEST_F(IngressTest, EveryWayToBeUndecipherableHasItsName) {
    Datagram unknown = sealed_by_client(allowed());
    store_le<std::uint32_t>(unknown.packet.bytes().data() + 4, 0x00aaaaaa);
    ingress(std::move(unknown));
    EXPECT_EQ(dropped(Drop::unknown_session), 1U);

    Datagram forged = sealed_by_client(allowed());
    forged.packet.bytes()[20] ^= std::byte{1};
    ingress(std::move(forged));
    EXPECT_EQ(dropped(Drop::bad_tag), 1U);

    Datagram once = sealed_by_client(allowed());
    Datagram twice = datagram_of(frame_of(std::as_const(once.packet).bytes()));
    ingress(std::move(once));
    ingress(std::move(twice));
    EXPECT_EQ(dropped(Drop::replayed), 1U);

    ingress(sealed_by_client(bytes_of({0x99, 1, 2, 3})));
    EXPECT_EQ(dropped(Drop::malformed_inner), 1U);

    now = start + 180s;
    ingress(sealed_by_client(allowed()));
    EXPECT_EQ(dropped(Drop::session_expired), 1U);
    expect_balanced();
}

TEST_F(IngressTest, BadPacketsInTheMiddleOfABatchHarmNoOther) {
    DatagramBatch batch;
    for (int i = 0; i < 9; ++i) {
        Datagram datagram =
            i == 4 ? sealed_by_client(bytes_of({0x45, 0})) : sealed_by_client(allowed());
        if (i == 2) datagram.packet.bytes()[17] ^= std::byte{1};
        if (i == 6) store_le<std::uint32_t>(datagram.packet.bytes().data() + 4, 0xffffffff);
        batch.push_back(std::move(datagram));
    }
    dataplane::ingress(batch, directory, now, output, counters);
    EXPECT_EQ(output.to_tun.size(), 6U);
    EXPECT_EQ(dropped(Drop::bad_tag), 1U);
    EXPECT_EQ(dropped(Drop::malformed_inner), 1U);
    EXPECT_EQ(dropped(Drop::unknown_session), 1U);
    EXPECT_EQ(counters.to_resource.received, 9U);
    EXPECT_EQ(counters.to_resource.delivered, 6U);
    expect_balanced();
}

TEST_F(IngressTest, ControlPacketsNeverReachTheTun) {
    const Buffer goodbye = ipv6(ip("::"), ip("::"), 0xff, bytes_of({2, 0, 0, 0, 0, 0, 0, 0}));
    ingress(sealed_by_client(goodbye));
    EXPECT_TRUE(output.to_tun.empty());
    ASSERT_EQ(output.control_packets.size(), 1U);
    EXPECT_EQ(output.control_packets[0].slot, kSlot);
}

TEST_F(IngressTest, InheritsACongestionMark) {
    Datagram datagram =
        sealed_by_client(ipv4(ip("100.64.0.2"), ip("10.1.2.3"), 17, udp(1, 2), {.tos = 0b10}));
    datagram.ecn = wire::Ecn::ce;
    ingress(std::move(datagram));
    ASSERT_EQ(output.to_tun.size(), 1U);
    const Bytes out = std::as_const(output.to_tun[0]).bytes();
    EXPECT_EQ(wire::ecn_of(std::to_integer<std::uint8_t>(out[1])), wire::Ecn::ce);
    EXPECT_EQ(slow_checksum(out.first(20)), 0);
}

TEST_F(IngressTest, OnlyARelayMayFrameDataInAChannel) {
    const wire::SocketAddr relay = socket("192.0.2.9:3478");
    RelayChannels channels;
    directory.set_relays({{relay, &channels}});
    const auto relayed = [&](wire::SocketAddr source) {
        Datagram datagram = sealed_by_client(allowed());
        const auto size = static_cast<std::uint16_t>(datagram.packet.size());
        datagram.packet.push_front(wire::kChannelDataHeader);
        wire::write_channel_header(datagram.packet.bytes().first(4), {0x4002}, size);
        datagram.source = source;
        return datagram;
    };
    ingress(relayed(relay));
    EXPECT_EQ(dropped(Drop::unknown_channel), 1U);

    channels.bind({0x4002});
    ingress(relayed(relay));
    EXPECT_EQ(output.to_tun.size(), 1U);
    EXPECT_TRUE(channels.take_used({0x4002}));

    ingress(relayed(socket("192.0.2.66:3478")));  // an impostor's framing is nobody's data
    EXPECT_EQ(output.to_tun.size(), 1U);
    EXPECT_EQ(output.to_control.size(), 1U);
    expect_balanced();
    directory.set_relays({});
}

TEST_F(IngressTest, TheFirstPacketOnAResponderSessionConfirmsIt) {
    peer->install(std::make_unique<Session>(gateway_keys(2, start + 1s)),
                  PeerState::Use::once_confirmed, directory.graveyard());
    Session client_session(mirrored(gateway_keys(2, start + 1s)));
    packet::Packet packet = frame_of({});
    ASSERT_FALSE(client_session.seal(packet));
    ingress(datagram_of(std::move(packet)));
    EXPECT_EQ(output.activity_of(kSlot).confirmed_index, kSlot << 8 | 2);
    EXPECT_EQ(peer->sending()->local_index(), kSlot << 8 | 2);
}

}  // namespace
}  // namespace fz::dataplane
