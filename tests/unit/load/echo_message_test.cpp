#include "echo_message.h"

#include <gtest/gtest.h>

#include <array>

namespace fz::load {
namespace {

std::uint32_t sum_of_words(Bytes bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        sum += std::to_integer<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
}

std::array<std::byte, kEchoPacket> request() {
    std::array<std::byte, kEchoPacket> packet{};
    write_echo_packet({0x1234, 7}, wire::IpAddr::v4(100, 64, 0, 1), wire::IpAddr::v4(10, 20, 0, 2),
                      packet);
    return packet;
}

TEST(EchoMessage, RequestHasRightChecksums) {
    const auto packet = request();
    EXPECT_EQ(load_be<std::uint16_t>(packet.data() + 2), 84);
    EXPECT_EQ(sum_of_words(Bytes(packet).first(20)), 0xffffu);
    EXPECT_EQ(packet[20], std::byte{8});
    EXPECT_EQ(sum_of_words(Bytes(packet).subspan(20)), 0xffffu);
}

TEST(EchoMessage, OnlyRepliesAreRead) {
    auto packet = request();
    EXPECT_EQ(read_echo_reply(packet), (Echo{0, 0}));
    packet[20] = std::byte{0};
    EXPECT_EQ(read_echo_reply(packet), (Echo{0x1234, 7}));
    packet[9] = std::byte{6};
    EXPECT_EQ(read_echo_reply(packet), (Echo{0, 0}));
}

TEST(EchoMessage, ATruncatedReplyIsNone) {
    auto packet = request();
    packet[20] = std::byte{0};
    for (std::size_t size = 0; size < 28; ++size)
        EXPECT_EQ(read_echo_reply(Bytes(packet).first(size)), (Echo{0, 0})) << size;
}

}  // namespace
}  // namespace fz::load
