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
    const Bytes out = output.to_tun[0];
    EXPECT_EQ(Buffer(out.begin(), out.end()), inner);
    EXPECT_EQ(activity().data_received, now);
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

TEST_F(IngressTest, WhatIsOpenedIsMeteredAsInnerPackets) {
    Buffer padded = allowed();
    padded.resize(padded.size() + 15);
    const Buffer refused = test::packet("100.64.0.2", "10.9.0.1", 17, udp(1, 2));
    Buffer forged = sealed_by_client(padded);
    forged.back() ^= std::byte{1};
    const Buffer first = sealed_by_client(padded);
    ingress({first, sealed_by_client(padded), forged}, client_socket);
    ingress({sealed_by_client(refused), sealed_by_client({})}, client_socket);
    ingress(first);  // a replay
    EXPECT_EQ(peer->received().read(), (Traffic{.packets = 3, .bytes = 48 + 48 + 28}));
    EXPECT_EQ(peer->sent().read().packets, 1U) << "the refusal's ICMP error";
}

TEST_F(IngressTest, AKeepaliveIsActivityButNoPacket) {
    ingress(sealed_by_client({}));
    EXPECT_TRUE(output.to_tun.empty());
    const Activity seen = activity();
    EXPECT_EQ(seen.keepalive_received, now);
    EXPECT_FALSE(seen.data_received);
    EXPECT_EQ(counters.keepalives, 1U);
    expect_balanced();
}

TEST_F(IngressTest, WhatIsNotWireguardDataGoesToControlUntouched) {
    const Buffer stun = hex("00010000 2112a442 000102030405060708090a0b");
    ingress(stun);
    ingress(bytes_of({}));
    ASSERT_EQ(output.datagrams.size(), 2U);
    EXPECT_EQ(output.datagrams[0].bytes.size(), stun.size());
    EXPECT_EQ(output.datagrams[0].source, client_socket);
    EXPECT_EQ(output.datagrams[0].local, gateway_socket);
    EXPECT_EQ(output.urgency, Urgency::now);
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
        ASSERT_EQ(sent().size(), row.icmp_type == 0 ? 0U : 1U);
        if (row.icmp_type == 0) continue;

        const Buffer answer = opened_by_client(sent()[0].bytes);
        EXPECT_EQ(sent()[0].destination, client_socket);
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
    Buffer unknown = sealed_by_client(allowed());
    store_le<std::uint32_t>(unknown.data() + 4, 0x00aaaaaa);
    ingress(unknown);
    EXPECT_EQ(dropped(Drop::unknown_session), 1U);

    Buffer forged = sealed_by_client(allowed());
    forged[20] ^= std::byte{1};
    ingress(forged);
    EXPECT_EQ(dropped(Drop::bad_tag), 1U);

    const Buffer once = sealed_by_client(allowed());
    ingress(once);
    ingress(once);
    EXPECT_EQ(dropped(Drop::replayed), 1U);

    ingress(sealed_by_client(bytes_of({0x99, 1, 2, 3})));
    EXPECT_EQ(dropped(Drop::malformed_inner), 1U);

    ingress(Buffer(1317));
    EXPECT_EQ(dropped(Drop::oversized), 1U);

    now = start + 180s;
    ingress(sealed_by_client(allowed()));
    EXPECT_EQ(dropped(Drop::session_expired), 1U);
    expect_balanced();
}

TEST_F(IngressTest, BadPacketsInTheMiddleOfATrainHarmNoOther) {
    const Buffer good = allowed();
    Buffer malformed = good;
    malformed[0] = std::byte{0x15};
    std::vector<Buffer> train;
    for (int i = 0; i < 9; ++i) {
        train.push_back(sealed_by_client(i == 4 ? malformed : good));
        if (i == 2) train[2][17] ^= std::byte{1};
        if (i == 6) store_le<std::uint32_t>(train[6].data() + 4, 0xffffffff);
    }
    train.push_back(sealed_by_client({}));  // shorter: it may only be the last
    ingress(train, client_socket);
    EXPECT_EQ(output.to_tun.size(), 6U);
    EXPECT_EQ(dropped(Drop::bad_tag), 1U);
    EXPECT_EQ(dropped(Drop::malformed_inner), 1U);
    EXPECT_EQ(dropped(Drop::unknown_session), 1U);
    EXPECT_EQ(counters.to_resource.received, 10U);
    EXPECT_EQ(counters.to_resource.delivered, 7U);
    expect_balanced();
}

TEST_F(IngressTest, ALyingSegmentLengthIsNeverReadBeyond) {
    for (const std::size_t segment : {0U, 1U, 31U, 33U, 79U, 81U, 100'000U}) {
        Buffer bytes;
        for (int i = 0; i < 3; ++i) {
            const Buffer one = sealed_by_client(allowed());  // 80 bytes
            bytes.insert(bytes.end(), one.begin(), one.end());
        }
        wire::IncomingTrain train{.bytes = bytes,
                                  .segment = segment,
                                  .source = client_socket,
                                  .local = gateway_socket,
                                  .ecn = {}};
        std::span<wire::IncomingTrain> trains(&train, 1);
        while (!trains.empty()) {
            dataplane::ingress(trains, directory, now, *lane);
            EXPECT_TRUE(output.to_tun.empty());
            output.clear();
        }
        expect_balanced();
    }
}

TEST_F(IngressTest, ALongBatchIsTakenInPortions) {
    std::vector<Buffer> buffers;
    std::vector<wire::IncomingTrain> all;
    for (int i = 0; i < 8; ++i) {
        Buffer& bytes = buffers.emplace_back();
        for (int j = 0; j < 64; ++j) {
            const Buffer one = sealed_by_client(allowed());
            bytes.insert(bytes.end(), one.begin(), one.end());
        }
    }
    for (Buffer& bytes : buffers)
        all.push_back({bytes, bytes.size() / 64, client_socket, gateway_socket, {}});
    std::span<wire::IncomingTrain> trains(all);
    for (std::size_t portion = 0; portion < 2; ++portion) {
        dataplane::ingress(trains, directory, now, *lane);
        EXPECT_EQ(output.to_tun.size(), kBatch);
        output.clear();
    }
    EXPECT_TRUE(trains.empty());
    EXPECT_EQ(counters.to_resource.delivered, 512U);
    expect_balanced();
}

TEST_F(IngressTest, ControlPacketsNeverReachTheTun) {
    const Buffer goodbye = ipv6(ip("::"), ip("::"), 0xff, bytes_of({2, 0, 0, 0, 0, 0, 0, 0}));
    ingress(sealed_by_client(goodbye));
    EXPECT_TRUE(output.to_tun.empty());
    ASSERT_EQ(output.packets.size(), 1U);
    EXPECT_EQ(output.packets[0].slot, kSlot);
}

TEST_F(IngressTest, InheritsACongestionMark) {
    const Buffer capable = ipv4(ip("100.64.0.2"), ip("10.1.2.3"), 17, udp(1, 2), {.tos = 0b10});
    ingress({sealed_by_client(capable)}, client_socket, wire::Ecn::ce);
    ASSERT_EQ(output.to_tun.size(), 1U);
    const Bytes out = output.to_tun[0];
    EXPECT_EQ(wire::ecn_of(std::to_integer<std::uint8_t>(out[1])), wire::Ecn::ce);
    EXPECT_EQ(slow_checksum(out.first(20)), 0);
}

TEST_F(IngressTest, OnlyARelayMayFrameDataInAChannel) {
    const wire::SocketAddr relay = socket("192.0.2.9:3478");
    RelayChannels channels;
    directory.set_relays({{relay, &channels}});
    const auto relayed = [&](const wire::SocketAddr& source) {
        const Buffer message = sealed_by_client(allowed());
        Buffer datagram(4);
        wire::write_channel_header(datagram, {0x4002}, static_cast<std::uint16_t>(message.size()));
        append(datagram, message);
        ingress({datagram}, source);
    };
    relayed(relay);
    EXPECT_EQ(dropped(Drop::unknown_channel), 1U);

    channels.bind({0x4002});
    relayed(relay);
    EXPECT_EQ(output.to_tun.size(), 1U);
    EXPECT_TRUE(channels.take_used({0x4002}));

    relayed(socket("192.0.2.66:3478"));  // an impostor's framing is nobody's data
    EXPECT_EQ(output.to_tun.size(), 1U);
    EXPECT_EQ(output.datagrams.size(), 1U);
    expect_balanced();
    directory.set_relays({});
}

TEST_F(IngressTest, TheFirstPacketOnAResponderSessionConfirmsIt) {
    peer->install(std::make_unique<Session>(gateway_keys(2, start + 1s)),
                  PeerState::Use::once_confirmed, directory.graveyard());
    Session client_session(mirrored(gateway_keys(2, start + 1s)));
    ingress(sealed_with(client_session, {}));
    EXPECT_EQ(activity().session_confirmed, now);
    EXPECT_EQ(peer->sending_index(), kSlot << 8 | 2);
}

TEST_F(IngressTest, ControlIsToldOfAPeerOnceUntilItLooks) {
    for (int i = 0; i < 3; ++i) ingress(sealed_by_client(allowed()));
    ASSERT_EQ(output.active.size(), 1U);
    EXPECT_EQ(output.active[0], kSlot);
    EXPECT_EQ(output.urgency, Urgency::soon);

    now += 1s;
    ingress(sealed_by_client(allowed()));
    EXPECT_EQ(activity().data_received, now);  // the latest of all
    ingress(sealed_by_client(allowed()));
    EXPECT_EQ(output.active.size(), 2U);
}

}  // namespace
}  // namespace fz::dataplane
