#include "crypto/aead_engine.h"

#include <gtest/gtest.h>

#include <vector>

#include "crypto/aead_choice.h"
#include "providers.h"

namespace fz::crypto {
namespace {

using Buffer = std::vector<std::byte>;

Secret key_of(unsigned char fill) {
    std::array<std::byte, kKeySize> bytes;
    bytes.fill(std::byte{fill});
    return Secret(bytes);
}

class AeadEngineTest : public ::testing::TestWithParam<AeadProvider> {
  protected:
    Buffer sealed(const Secret& key, std::uint64_t counter, const Buffer& text) {
        Buffer out(text.size() + kAeadTagSize);
        const SealJob job{counter, text, out.data()};
        engine.seal(key, {&job, 1});
        return out;
    }
    AeadEngine engine{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Providers, AeadEngineTest, every_provider(), test_name);

TEST_P(AeadEngineTest, SealsAsTheHandshakesCipherDoes) {
    for (const std::size_t size : {0U, 1U, 15U, 16U, 63U, 64U, 65U, 1280U, 1420U}) {
        const Buffer text(size, std::byte{0x5a});
        Buffer expected = text;
        expected.resize(size + kAeadTagSize);
        seal_in_place(key_of(1), 0x0102030405060708, {}, MutBytes(expected).first(size),
                      MutBytes(expected).last<kAeadTagSize>());
        EXPECT_EQ(sealed(key_of(1), 0x0102030405060708, text), expected);
    }
}

TEST_P(AeadEngineTest, OpensABatchAndRejectsOnlyTheForged) {
    std::vector<Buffer> messages;
    for (std::uint64_t counter = 0; counter < 64; ++counter)
        messages.push_back(sealed(key_of(1), counter, Buffer(counter * 20, std::byte{7})));
    for (const std::size_t forged : {0U, 31U, 63U}) messages[forged].back() ^= std::byte{1};
    std::vector<OpenJob> jobs;
    for (std::uint64_t counter = 0; counter < 64; ++counter)
        jobs.push_back({counter, messages[counter]});
    engine.open(key_of(1), jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const bool forged = i == 0 || i == 31 || i == 63;
        EXPECT_EQ(jobs[i].result, forged ? Open::rejected : Open::ok);
        if (!forged) {
            EXPECT_EQ(Buffer(messages[i].begin(), messages[i].end() - kAeadTagSize),
                      Buffer(i * 20, std::byte{7}));
        }
    }
}

TEST_P(AeadEngineTest, KeysAlternateInBothDirections) {
    using Keys = std::initializer_list<unsigned char>;
    const Buffer text(100, std::byte{9});
    for (int round = 0; round < 3; ++round)
        for (const unsigned char key : Keys{1, 2, 1}) {
            Buffer message = sealed(key_of(key), 5, text);
            OpenJob wrong{5, message};
            Buffer copy = message;
            OpenJob right{5, copy};
            engine.open(key_of(static_cast<unsigned char>(3 - key)), {&wrong, 1});
            engine.open(key_of(key), {&right, 1});
            EXPECT_EQ(wrong.result, Open::rejected);
            EXPECT_EQ(right.result, Open::ok);
        }
}

TEST_P(AeadEngineTest, EveryByteIsProtected) {
    const Buffer message = sealed(key_of(1), 1, Buffer(40, std::byte{3}));
    for (std::size_t i = 0; i < message.size(); ++i) {
        Buffer forged = message;
        forged[i] ^= std::byte{0x10};
        OpenJob job{1, forged};
        engine.open(key_of(1), {&job, 1});
        EXPECT_EQ(job.result, Open::rejected) << i;
    }
}

/// Two reads of the clock per measurement, three sizes per provider, providers in turn.
bool is_of_first_provider(int reads) {
    return reads / 6 % static_cast<int>(aead_providers().size()) == 0;
}

TEST(AeadChoice, TakesTheProviderThatTheClockFavours) {
    // A clock that runs faster while any but the first provider works.
    Instant now{};
    int reads = 0;
    const AeadChoice choice = choose_aead([&] {
        const bool first = is_of_first_provider(reads);
        const bool end = reads % 2 == 1;
        ++reads;
        if (end) now += first ? 100us : 900us;
        return now;
    });
    EXPECT_EQ(choice.fastest, aead_providers()[0]);
    ASSERT_EQ(choice.costs.size(), aead_providers().size());
    EXPECT_GT(choice.costs[1].per_packet[2], choice.costs[0].per_packet[2]);
}

TEST(AeadChoice, OneSlowRoundDecidesNothing) {
    Instant now{};
    int reads = 0;
    const AeadChoice choice = choose_aead([&] {
        const bool end = reads % 2 == 1;
        const bool first = is_of_first_provider(reads);
        const bool disturbed = reads < 6;  // the first provider's first round
        ++reads;
        if (end) now += disturbed ? 100ms : first ? 100us : 200us;
        return now;
    });
    EXPECT_EQ(choice.fastest, aead_providers()[0]);
}

}  // namespace
}  // namespace fz::crypto
