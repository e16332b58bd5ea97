#include "session_watch.h"

#include <gtest/gtest.h>

#include "crypto/aead.h"
#include "crypto/x25519.h"

namespace fz::load {
namespace {

constexpr std::size_t kMessage = 116;  // bytes: 84 of text, 32 around it

class SessionWatchTest : public testing::Test {
  protected:
    /// The headers of data messages with these counters, one behind the other.
    static std::vector<std::byte> messages(std::uint32_t index,
                                           std::initializer_list<std::uint64_t> counters) {
        std::vector<std::byte> bytes(counters.size() * kMessage);
        std::size_t at = 0;
        for (const std::uint64_t counter : counters) {
            Writer out(MutBytes(bytes).subspan(at, kMessage));
            out.le(std::uint32_t{4});
            out.le(index);
            out.le(counter);
            at += kMessage;
        }
        return bytes;
    }
    void arrived(std::uint32_t index, std::initializer_list<std::uint64_t> counters) {
        const auto bytes = messages(index, counters);
        watch_.arrived(peer_, {bytes, bytes.size(), kMessage});
    }

    crypto::Random random_{crypto::Secret{}};
    Identity identity_ = [this] {
        Identity identity;
        identity.keys = crypto::generate_key_pair(random_);
        identity.gateway_key = crypto::generate_key_pair(random_).public_key;
        return identity;
    }();
    LoadPeer peer_{identity_, 0, 0, Now{}, random_};
    SessionWatch watch_{1, Traffic::udp84, SessionWatch::Content::ignored};
};

TEST_F(SessionWatchTest, CountsMessagesAndTrains) {
    arrived(1, {7, 8, 9});
    arrived(1, {10});
    EXPECT_EQ(watch_.arrivals().packets, 4u);
    EXPECT_EQ(watch_.arrivals().skbs, 2u);
    EXPECT_EQ(watch_.arrivals().singles, 1u);
    EXPECT_EQ(watch_.arrivals().reordered, 0u);
}

TEST_F(SessionWatchTest, SeesDisorderInsideATrain) {
    arrived(1, {0, 2, 1, 3});
    EXPECT_EQ(watch_.arrivals().reordered, 1u);
}

TEST_F(SessionWatchTest, TakesTheRestOfATrainForSuccessors) {
    const auto bytes = messages(1, {5});
    watch_.arrived(peer_, {bytes, 10 * kMessage, kMessage});
    arrived(1, {15});
    EXPECT_EQ(watch_.arrivals().packets, 11u);
    EXPECT_EQ(watch_.arrivals().reordered, 0u);
}

TEST_F(SessionWatchTest, ANewSessionBeginsAnew) {
    arrived(1, {100});
    arrived(2, {0});
    EXPECT_EQ(watch_.arrivals().reordered, 0u);
}

TEST_F(SessionWatchTest, KeepalivesHaveACounterButAreNoPackets) {
    std::vector<std::byte> keepalive(32);
    Writer out(keepalive);
    out.le(std::uint32_t{4});
    out.le(std::uint32_t{1});
    out.le(std::uint64_t{1});
    arrived(1, {0});
    watch_.arrived(peer_, {keepalive, 32, 32});
    arrived(1, {2});
    EXPECT_EQ(watch_.arrivals().packets, 2u);
    EXPECT_EQ(watch_.arrivals().reordered, 0u);
}

TEST_F(SessionWatchTest, AShorterMessageAtTheEndOfATrainIsNoPacket) {
    auto bytes = messages(1, {0, 1, 2});
    bytes.resize(2 * kMessage + 32);  // a keep-alive
    watch_.arrived(peer_, {bytes, bytes.size(), kMessage});
    EXPECT_EQ(watch_.arrivals().packets, 2u);
}

TEST_F(SessionWatchTest, ComparesWhatItCanOpen) {
    SessionWatch watch(1, Traffic::udp84, SessionWatch::Content::compared);
    peer_.session = Session{};
    std::vector<std::byte> message = messages(1, {3});
    const MutBytes text = MutBytes(message).subspan(16, 84);
    FlowTemplate(Traffic::udp84, {}, {}).write(1000, text);
    crypto::seal_in_place(peer_.session->keys.receive_key, 3, {}, text,
                          MutBytes(message).last<16>());
    watch.arrived(peer_, {message, message.size(), kMessage});
    EXPECT_EQ(watch.arrivals().corrupt, 0u);
    message[50] ^= std::byte{1};
    watch.arrived(peer_, {message, message.size(), kMessage});
    EXPECT_EQ(watch.arrivals().corrupt, 1u);
}

TEST_F(SessionWatchTest, AnotherPayloadIsCorruptThoughItOpens) {
    SessionWatch watch(1, Traffic::udp84, SessionWatch::Content::compared);
    peer_.session = Session{};
    std::vector<std::byte> message = messages(1, {3});
    const MutBytes text = MutBytes(message).subspan(16, 84);
    FlowTemplate(Traffic::udp84, {}, {}).write(1000, text);
    text[80] ^= std::byte{1};
    crypto::seal_in_place(peer_.session->keys.receive_key, 3, {}, text,
                          MutBytes(message).last<16>());
    watch.arrived(peer_, {message, message.size(), kMessage});
    EXPECT_EQ(watch.arrivals().corrupt, 1u);
}

}  // namespace
}  // namespace fz::load
