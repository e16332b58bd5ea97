#include "dataplane/session.h"

#include <gtest/gtest.h>

#include "unit/dataplane/one_client.h"

namespace fz::dataplane {
namespace {

class SessionTest : public test::OneClient {};

TEST_F(SessionTest, WritesTheDataHeaderOfThePaper) {
    packet::Packet packet = frame_of(test::bytes_of({1, 2, 3, 4}));
    ASSERT_FALSE(client.seal(packet));
    const Bytes bytes = std::as_const(packet).bytes();
    // type 4, receiver 0x00000701, counter 0: little-endian; then 4 bytes of text and the tag
    EXPECT_EQ(test::Buffer(bytes.begin(), bytes.begin() + 16),
              test::hex("04000000 01070000 0000000000000000"));
    EXPECT_EQ(bytes.size(), 16U + 4 + 16);
}

TEST_F(SessionTest, CountersAreConsecutive) {
    for (std::uint64_t expected = 0; expected < 3; ++expected) {
        packet::Packet packet = frame_of({});
        ASSERT_FALSE(client.seal(packet));
        EXPECT_EQ(load_le<std::uint64_t>(packet.bytes().data() + 8), expected);
    }
}

TEST_F(SessionTest, OpensWhatThePeerSealedAndOnlyOnce) {
    Session gateway(test::gateway_keys(1, start));
    packet::Packet packet = frame_of(test::bytes_of({42}));
    ASSERT_FALSE(client.seal(packet));
    packet::Packet copy = frame_of(std::as_const(packet).bytes());
    ASSERT_FALSE(gateway.open(packet));
    ASSERT_EQ(packet.size(), 1U);
    EXPECT_EQ(packet.bytes()[0], std::byte{42});
    EXPECT_EQ(gateway.open(copy), Drop::replayed);
}

TEST_F(SessionTest, AForgedCounterDoesNotMoveTheWindow) {
    Session gateway(test::gateway_keys(1, start));
    packet::Packet genuine = frame_of(test::bytes_of({1}));
    ASSERT_FALSE(client.seal(genuine));
    packet::Packet forged = frame_of(std::as_const(genuine).bytes());
    store_le<std::uint64_t>(forged.bytes().data() + 8, 1'000'000);
    EXPECT_EQ(gateway.open(forged), Drop::bad_tag);
    EXPECT_FALSE(gateway.open(genuine));
}

TEST_F(SessionTest, DiesAfterRejectAfterTime) {
    EXPECT_TRUE(client.alive(start + 180s - 1ns));
    EXPECT_FALSE(client.alive(start + 180s));  // WireGuard 6.1: Reject-After-Time
}

}  // namespace
}  // namespace fz::dataplane
