#include "flow_template.h"

#include <gtest/gtest.h>

namespace fz::load {
namespace {

using Packet = std::vector<std::byte>;

const wire::SocketAddr kSource{wire::IpAddr::v4(100, 80, 1, 2), 20000};
const wire::SocketAddr kDestination{wire::IpAddr::v4(10, 20, 0, 200), 20007};

Packet make(Traffic traffic, std::uint64_t number) {
    Packet packet(packet_size(traffic));
    FlowTemplate(traffic, kSource, kDestination).write(number, packet);
    return packet;
}

/// RFC 1071 as in the book: ones' complement sum of big-endian words; 0xffff if a checksum among
/// them is right.
std::uint32_t sum_of_words(Bytes bytes, std::uint32_t sum = 0) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        sum += std::to_integer<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
}

/// The sum of the pseudo header (RFC 9293 3.1): addresses, protocol, length.
std::uint32_t pseudo_header(Bytes packet) {
    const std::uint32_t protocol = std::to_integer<std::uint32_t>(packet[9]);
    const auto length = static_cast<std::uint32_t>(packet.size() - 20);
    std::uint32_t sum = sum_of_words(packet.subspan(12, 8)) + protocol + length;
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

std::uint32_t sequence_of(Bytes packet) { return load_be<std::uint32_t>(packet.data() + 24); }

TEST(FlowTemplate, WritesAnIpv4HeaderThatMayNotBeFragmented) {
    const Packet packet = make(Traffic::tcp1, 5);
    EXPECT_EQ(packet[0], std::byte{0x45});
    EXPECT_EQ(load_be<std::uint16_t>(packet.data() + 2), 1280);
    EXPECT_EQ(load_be<std::uint16_t>(packet.data() + 6), 0x4000);  // DF, offset 0
    EXPECT_EQ(packet[9], std::byte{6});
    EXPECT_EQ(load_be<std::uint32_t>(packet.data() + 12), 0x64500102u);
    EXPECT_EQ(load_be<std::uint32_t>(packet.data() + 16), 0x0a1400c8u);
    EXPECT_EQ(sum_of_words(Bytes(packet).first(20)), 0xffffu);
}

TEST(FlowTemplate, WritesTcpSegmentsWithoutOptionsAndWithAckOnly) {
    const Packet packet = make(Traffic::tcp8, 0);
    EXPECT_EQ(load_be<std::uint16_t>(packet.data() + 20), 20000);
    EXPECT_EQ(load_be<std::uint16_t>(packet.data() + 22), 20007);
    EXPECT_EQ(packet[32], std::byte{0x50});  // data offset 5 words
    EXPECT_EQ(packet[33], std::byte{0x10});  // ACK
}

TEST(FlowTemplate, EveryTcpPacketHasARightChecksum) {
    for (const std::uint64_t number :
         {0ull, 1ull, 2ull, 1000ull, 65535ull, 3'463'683ull, 1ull << 40}) {
        const Packet packet = make(Traffic::tcp1, number);
        EXPECT_EQ(sum_of_words(Bytes(packet).subspan(20), pseudo_header(packet)), 0xffffu)
            << number;
    }
}

TEST(FlowTemplate, EveryUdpPacketHasARightChecksum) {
    for (std::uint64_t number = 0; number < 200'000; number += 7) {
        const Packet packet = make(Traffic::udp84, number);
        ASSERT_NE(load_be<std::uint16_t>(packet.data() + 26), 0) << number;  // 0 is "none"
        ASSERT_EQ(sum_of_words(Bytes(packet).subspan(20), pseudo_header(packet)), 0xffffu)
            << number;
    }
}

TEST(FlowTemplate, SegmentsAreContiguous) {
    // 1280 - 20 - 20 bytes of payload each
    EXPECT_EQ(sequence_of(make(Traffic::tcp1, 0)), 0u);
    EXPECT_EQ(sequence_of(make(Traffic::tcp1, 1)), 1240u);
    EXPECT_EQ(sequence_of(make(Traffic::tcp1, 2)), 2480u);
}

TEST(FlowTemplate, SequenceNumbersWrapAsTcpDoes) {
    // 2^32 = 3463683 * 1240 + 376
    EXPECT_EQ(sequence_of(make(Traffic::tcp1, 3'463'684)), 1240u - 376u);
}

TEST(FlowTemplate, PayloadsBeginWithTheNumber) {
    EXPECT_EQ(load_be<std::uint64_t>(make(Traffic::tcp1, 0x0102030405060708).data() + 40),
              0x0102030405060708u);
    EXPECT_EQ(load_be<std::uint64_t>(make(Traffic::udp84, 9).data() + 28), 9u);
}

TEST(FlowTemplate, UdpPacketsSayTheirLength) {
    const Packet packet = make(Traffic::udp84, 1);
    EXPECT_EQ(packet.size(), 84u);
    EXPECT_EQ(packet[9], std::byte{17});
    EXPECT_EQ(load_be<std::uint16_t>(packet.data() + 24), 64);
}

TEST(FlowTemplate, ASuperPacketHoldsThePayloadsOfItsSegments) {
    const FlowTemplate flow(Traffic::tcp1, kSource, kDestination);
    Packet super(65535);
    const std::size_t size = flow.write_super(100, 3, super);
    ASSERT_EQ(size, 40u + 3 * 1240u);
    EXPECT_EQ(load_be<std::uint16_t>(super.data() + 2), size);
    EXPECT_EQ(sum_of_words(Bytes(super).first(20)), 0xffffu);
    EXPECT_EQ(sequence_of(super), 124'000u);
    for (std::size_t i = 0; i < 3; ++i) {
        const Packet single = make(Traffic::tcp1, 100 + i);
        EXPECT_TRUE(std::equal(single.begin() + 40, single.end(),
                               super.begin() + 40 + static_cast<std::ptrdiff_t>(i * 1240)));
    }
}

TEST(FlowTemplate, ASuperPacketAsksTheKernelForItsChecksum) {
    const FlowTemplate flow(Traffic::tcp1, kSource, kDestination);
    Packet super(65535);
    const std::size_t size = flow.write_super(0, 2, super);
    EXPECT_EQ(load_be<std::uint16_t>(super.data() + 36), pseudo_header(Bytes(super).first(size)));
}

}  // namespace
}  // namespace fz::load
