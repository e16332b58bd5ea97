#include "wire/channel_data.h"

#include <gtest/gtest.h>

#include <array>

#include "unit/wire/packets.h"

namespace fz::wire {
namespace {

using test::Buffer;
using test::hex;

TEST(ChannelData, ReadsNumberAndPayload) {
    const Buffer datagram = hex("4abc 0003 010203");
    const auto data = ChannelData::parse(datagram).value();
    EXPECT_EQ(data.channel, ChannelNumber{0x4abc});
    EXPECT_EQ(Buffer(data.payload.begin(), data.payload.end()), hex("010203"));
}

TEST(ChannelData, ToleratesUpToThreeBytesOfPadding) {
    EXPECT_EQ(ChannelData::parse(hex("4000 0001 01 000000"))->payload.size(), 1u);
    EXPECT_FALSE(ChannelData::parse(hex("4000 0001 01 00000000")));
}

TEST(ChannelData, MayBeEmpty) {
    EXPECT_TRUE(ChannelData::parse(hex("4000 0000"))->payload.empty());
}

TEST(ChannelData, RefusesNumbersOutsideTheRangeOfRfc8656) {
    EXPECT_FALSE(ChannelData::parse(hex("3fff 0000")));
    EXPECT_TRUE(ChannelData::parse(hex("4000 0000")));
    EXPECT_TRUE(ChannelData::parse(hex("4fff 0000")));
    EXPECT_FALSE(ChannelData::parse(hex("5000 0000")));
    EXPECT_FALSE(ChannelData::parse(hex("0001 0000")));  // STUN
}

TEST(ChannelData, RefusesTruncations) {
    const Buffer whole = hex("4000 0004 01020304");
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(ChannelData::parse(Bytes(whole).first(size))) << size;
    EXPECT_FALSE(ChannelData::parse(hex("4000 ffff 00")));
}

TEST(ChannelData, WritesTheHeader) {
    std::array<std::byte, 4> header;
    write_channel_header(header, ChannelNumber{0x4001}, 0x0520);
    EXPECT_EQ(Buffer(header.begin(), header.end()), hex("4001 0520"));
}

}  // namespace
}  // namespace fz::wire
