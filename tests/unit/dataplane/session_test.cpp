#include "dataplane/session.h"

#include <gtest/gtest.h>

#include "unit/dataplane/one_client.h"

namespace fz::dataplane {
namespace {

class SessionTest : public test::OneClient {
  protected:
    PeerGuard guard_;
    std::uint64_t contended_ = 0;
};

TEST_F(SessionTest, WritesTheDataHeaderOfThePaper) {
    const test::Buffer message = sealed_by_client(test::bytes_of({1, 2, 3, 4}));
    // type 4, receiver 0x00000701, counter 0: little-endian; then 4 bytes of text and the tag
    EXPECT_EQ(test::Buffer(message.begin(), message.begin() + 16),
              test::hex("04000000 01070000 0000000000000000"));
    EXPECT_EQ(message.size(), 16U + 4 + 16);
}

TEST_F(SessionTest, CountersAreConsecutiveAndTakenInRows) {
    EXPECT_EQ(client.take_counters(1), 0U);
    EXPECT_EQ(client.take_counters(50), 1U);
    EXPECT_EQ(client.take_counters(1), 51U);
}

TEST_F(SessionTest, OpensWhatThePeerSealedAndOnlyOnce) {
    Session gateway(test::gateway_keys(1, start));
    test::Buffer first = sealed_by_client(test::bytes_of({42}));
    test::Buffer again = first;
    test::Buffer second = sealed_by_client(test::bytes_of({43}));
    // The copy comes in the same run: decrypted before the first one is marked as seen.
    DataMessage messages[] = {{first}, {again}, {second}};
    gateway.open(messages, lane->aead, guard_, contended_);
    ASSERT_FALSE(messages[0].drop);
    ASSERT_EQ(messages[0].bytes.size(), 1U);
    EXPECT_EQ(messages[0].bytes[0], std::byte{42});
    EXPECT_EQ(messages[1].drop, Drop::replayed);
    ASSERT_FALSE(messages[2].drop);
    EXPECT_EQ(messages[2].bytes[0], std::byte{43});
    EXPECT_EQ(contended_, 0U);
}

TEST_F(SessionTest, AForgedCounterDoesNotMoveTheWindow) {
    Session gateway(test::gateway_keys(1, start));
    test::Buffer genuine = sealed_by_client(test::bytes_of({1}));
    test::Buffer forged = genuine;
    store_le<std::uint64_t>(forged.data() + 8, 1'000'000);
    DataMessage messages[] = {{forged}, {genuine}};
    gateway.open(messages, lane->aead, guard_, contended_);
    EXPECT_EQ(messages[0].drop, Drop::bad_tag);
    EXPECT_FALSE(messages[1].drop);
}

TEST_F(SessionTest, GivesNoCounterBeyondTheMessageLimit) {
    // WireGuard 6.1: Reject-After-Messages is 2^64 - 2^13 - 1; ours is one more, and exclusive.
    ASSERT_TRUE(client.take_counters(noise::kRejectAfterMessages - 2));
    EXPECT_FALSE(client.take_counters(3));
    EXPECT_FALSE(client.alive(start));
}

TEST_F(SessionTest, DiesAfterRejectAfterTime) {
    EXPECT_TRUE(client.alive(start + 180s - 1ns));
    EXPECT_FALSE(client.alive(start + 180s));  // WireGuard 6.1: Reject-After-Time
}

}  // namespace
}  // namespace fz::dataplane
