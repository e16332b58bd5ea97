#include "noise/messages.h"

#include <gtest/gtest.h>

#include <vector>

namespace fz::noise {
namespace {

[[nodiscard]] std::vector<std::byte> message(std::uint32_t type, std::size_t size) {
    std::vector<std::byte> bytes(size, std::byte{0xaa});
    store_le(bytes.data(), type);
    return bytes;
}

// WireGuard 5.4.2 to 5.4.7 and 6.1, re-typed.
TEST(Messages, HaveThePapersSizesAndLimits) {
    EXPECT_EQ(Initiation::kSize, 148u);
    EXPECT_EQ(Response::kSize, 92u);
    EXPECT_EQ(CookieReply::kSize, 64u);
    EXPECT_EQ(kDataHeaderSize, 16u);
    EXPECT_EQ(kRekeyAfterMessages, 1152921504606846976u);
    EXPECT_EQ(kRejectAfterMessages, 18446744073709543423u);
    EXPECT_EQ(kRekeyAfterTime, 120s);
    EXPECT_EQ(kRejectAfterTime, 180s);
    EXPECT_EQ(kRekeyTimeout, 5s);
    EXPECT_EQ(kKeepaliveTimeout, 10s);
    EXPECT_EQ(kRekeyAfterTimeReceiving, 165s);
    EXPECT_EQ(kNoAnswerTimeout, 15s);
    EXPECT_EQ(kForgetAfterTime, 540s);
    EXPECT_EQ(kCookieLifetime, 120s);
}

TEST(Classify, KnowsEachTypeByItsExactSize) {
    EXPECT_EQ(classify(message(1, 148)), MessageType::initiation);
    EXPECT_EQ(classify(message(2, 92)), MessageType::response);
    EXPECT_EQ(classify(message(3, 64)), MessageType::cookie_reply);
    for (const std::size_t size : {32u, 33u, 48u, 1312u, 65535u})
        EXPECT_EQ(classify(message(4, size)), MessageType::data) << size;
}

TEST(Classify, RejectsEveryOtherSizeTypeAndReservedByte) {
    for (const std::size_t size : {147u, 149u, 92u}) EXPECT_FALSE(classify(message(1, size)));
    for (const std::size_t size : {91u, 93u, 148u}) EXPECT_FALSE(classify(message(2, size)));
    for (const std::size_t size : {63u, 65u}) EXPECT_FALSE(classify(message(3, size)));
    EXPECT_FALSE(classify(message(4, 31)));
    EXPECT_FALSE(classify(message(0, 148)));
    EXPECT_FALSE(classify(message(5, 148)));
    EXPECT_FALSE(classify(message(0x100 | 1, 148)));
    EXPECT_FALSE(classify(message(0x01000004, 32)));
    EXPECT_FALSE(classify({}));
    EXPECT_FALSE(classify(message(4, 4)));
}

TEST(ReceiverOf, ReadsOurIndexFromEveryMessageThatHasOne) {
    auto response = message(2, 92);
    store_le(response.data() + 4, 0x11111111u);
    store_le(response.data() + 8, 0x22222222u);
    EXPECT_EQ(receiver_of(response), 0x22222222u);
    auto data = message(4, 32);
    store_le(data.data() + 4, 0x33333301u);
    EXPECT_EQ(receiver_of(data), 0x33333301u);
    EXPECT_EQ(receiver_of(message(3, 64)), 0xaaaaaaaau);
    EXPECT_FALSE(receiver_of(message(1, 148)));
}

template <typename Message>
void survives_a_round_trip(std::uint32_t type) {
    const auto bytes = message(type, Message::kSize);
    const auto parsed = Message::parse(bytes);
    ASSERT_TRUE(parsed);
    std::vector<std::byte> written(Message::kSize, std::byte{0xff});
    parsed->write(written);
    const std::size_t macs = type == 3 ? 0 : 32;
    EXPECT_TRUE(std::equal(written.begin(), written.end() - static_cast<std::ptrdiff_t>(macs),
                           bytes.begin()));
    for (const std::byte mac : Bytes(written).last(macs)) EXPECT_EQ(mac, std::byte{0});
    EXPECT_FALSE(Message::parse(message(4, Message::kSize)));
}

TEST(Messages, SurviveARoundTripThroughTheirBytes) {
    survives_a_round_trip<Initiation>(1);
    survives_a_round_trip<Response>(2);
    survives_a_round_trip<CookieReply>(3);
}

}  // namespace
}  // namespace fz::noise
