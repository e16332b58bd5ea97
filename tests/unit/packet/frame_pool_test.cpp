#include "packet/frame_pool.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fz::packet {
namespace {

Packet filled(FramePool& pool, std::string_view text) {
    Packet packet = pool.take().value();
    packet.resize(text.size());
    std::copy_n(as_bytes(text).begin(), text.size(), packet.bytes().begin());
    return packet;
}
std::string_view text_of(const Packet& packet) { return as_text(packet.bytes()); }

TEST(FramePool, LendsEachFrameOnce) {
    FramePool pool(2);
    auto one = pool.take();
    auto two = pool.take();
    ASSERT_TRUE(one && two);
    EXPECT_NE(one->bytes().data(), two->bytes().data());
    EXPECT_FALSE(pool.take());
    EXPECT_EQ(pool.available(), 0u);
}

TEST(FramePool, AFrameComesHomeWhenItsPacketIsDropped) {
    FramePool pool(1);
    pool.take().reset();
    EXPECT_EQ(pool.available(), 1u);
    {
        const Packet packet = filled(pool, "x");
        EXPECT_EQ(pool.available(), 0u);
    }
    EXPECT_EQ(pool.available(), 1u);
}

TEST(FramePool, ATakenPacketIsEmptyWhateverTheFrameHeld) {
    FramePool pool(1);
    static_cast<void>(filled(pool, "leftover"));
    EXPECT_EQ(pool.take()->size(), 0u);
}

TEST(Packet, MovingTakesTheFrameAlong) {
    FramePool pool(2);
    Packet one = filled(pool, "one");
    Packet moved(std::move(one));
    EXPECT_EQ(text_of(moved), "one");
    EXPECT_EQ(pool.available(), 1u);
    Packet two = filled(pool, "two");
    two = std::move(moved);
    EXPECT_EQ(text_of(two), "one");
}

TEST(Packet, EdgesMoveWithoutCopying) {
    FramePool pool(1);
    Packet packet = filled(pool, "0123456789");
    const std::byte* at = packet.bytes().data();
    packet.pop_front(4);
    EXPECT_EQ(text_of(packet), "456789");
    EXPECT_EQ(packet.bytes().data(), at + 4);
    packet.push_front(2);
    EXPECT_EQ(text_of(packet), "23456789");
    packet.pop_back(3);
    EXPECT_EQ(text_of(packet), "23456");
    packet.push_back(1);
    EXPECT_EQ(text_of(packet), "234567");
    packet.resize(2);
    EXPECT_EQ(text_of(packet), "23");
}

TEST(Packet, HasRoomForEveryHeaderAndForTheTag) {
    FramePool pool(1);
    Packet packet = pool.take().value();
    packet.resize(kMaxPayload);
    packet.push_back(15 + 16);                // WireGuard padding and tag
    packet.push_front(16 + 4 + 8 + 40 + 18);  // data header, ChannelData, UDP, IPv6, Ethernet
    EXPECT_LE(packet.size(), kFrameSize);
    EXPECT_GE(kMaxPayload, 1280u);
}

TEST(PacketDeathTest, RunningOutOfRoomIsABug) {
    FramePool pool(1);
    Packet packet = pool.take().value();
    EXPECT_DEATH(packet.push_front(kHeadroom + 1), "begin_");
    EXPECT_DEATH(packet.pop_front(1), "size_");
    EXPECT_DEATH(packet.pop_back(1), "size_");
    EXPECT_DEATH(packet.resize(kFrameSize), "kFrameSize");
}

TEST(Batch, CarriesPacketsHome) {
    FramePool pool(kBatchSize);
    {
        Batch batch;
        while (auto packet = pool.take()) batch.push_back(std::move(*packet));
        EXPECT_TRUE(batch.full());
        Batch moved = std::move(batch);
        EXPECT_EQ(moved.size(), kBatchSize);
        EXPECT_EQ(pool.available(), 0u);
    }
    EXPECT_EQ(pool.available(), kBatchSize);
}

}  // namespace
}  // namespace fz::packet
