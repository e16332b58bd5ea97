#include "frame.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fastpath/frame.h"
#include "wire/checksum.h"

namespace fz::load {
namespace {

constexpr std::size_t kIp = 14, kUdp = kIp + 20;

TEST(Frame, IsWhatANetworkCardWouldDeliver) {
    const wire::SocketAddr source{wire::IpAddr::v4(203, 0, 113, 5), 40000};
    const wire::SocketAddr destination{wire::IpAddr::v4(198, 51, 100, 1), 52625};
    std::vector<std::byte> datagram(101, std::byte{7});
    std::vector<std::byte> frame(kFrameHeader + datagram.size());
    write_frame(frame, MacAddress{std::byte{2}}, source, destination, datagram);

    const auto train = fastpath::parse_frame(frame);
    ASSERT_TRUE(train);
    EXPECT_TRUE(std::ranges::equal(train->bytes, datagram));
    EXPECT_EQ(train->source, source);
    EXPECT_EQ(train->local, destination);
    // A checksum over what holds its own checksum is zero (RFC 1071 1).
    EXPECT_EQ(wire::internet_checksum(Bytes(frame).subspan(kIp, 20)), 0);
    EXPECT_EQ(wire::transport_checksum(source.ip, destination.ip, 17, Bytes(frame).subspan(kUdp)),
              0);
}

TEST(Frame, NeverLeavesTheChecksumOut) {
    // This datagram's checksum comes out as zero, which UDP writes as all ones (RFC 768).
    const wire::SocketAddr source{wire::IpAddr::v4(0, 0, 0, 1), 1};
    const wire::SocketAddr destination{wire::IpAddr::v4(0, 0, 0, 2), 2};
    std::vector<std::byte> frame(kFrameHeader + 2);
    for (unsigned word = 0; word <= 0xffff; ++word) {
        const std::array datagram{static_cast<std::byte>(word >> 8), static_cast<std::byte>(word)};
        write_frame(frame, MacAddress{}, source, destination, datagram);
        ASSERT_NE(load_be<std::uint16_t>(frame.data() + kUdp + 6), 0) << word;
    }
}

}  // namespace
}  // namespace fz::load
