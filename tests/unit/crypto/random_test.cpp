#include "crypto/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

namespace fz::crypto {
namespace {

[[nodiscard]] Secret seed(std::uint8_t number) {
    Secret result;
    result.bytes()[0] = std::byte{number};
    return result;
}

TEST(Random, RepeatsItselfForTheSameSeedOnly) {
    Random a(seed(1)), b(seed(1)), c(seed(2));
    const auto drawn = a.bytes<64>();
    EXPECT_EQ(drawn, b.bytes<64>());
    EXPECT_NE(drawn, c.bytes<64>());
}

TEST(Random, NeverGivesTheSameTwice) {
    Random random(seed(1));
    std::set<std::uint64_t> drawn;
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(drawn.insert(random.u64()).second);
}

TEST(Random, KeepsItsNextSeedToItself) {
    // With the raw stream of seed 0, the first 32 bytes are the next seed (RFC 8439 A.1 vector 1).
    Random random(seed(0));
    const auto drawn = random.bytes<32>();
    EXPECT_NE(drawn[0], std::byte{0x76});
    EXPECT_EQ(drawn[0], std::byte{0x9f});  // first byte of block 1: RFC 8439 A.1 vector 2
}

TEST(Random, DrawsBelowABoundEvenly) {
    Random random(seed(3));
    std::array<int, 6> counts{};
    for (int i = 0; i < 6000; ++i) ++counts.at(random.below(6));
    for (const int count : counts) EXPECT_NEAR(count, 1000, 150);  // five standard deviations
    EXPECT_EQ(random.below(1), 0u);
    EXPECT_LT(random.below(0xffffffff), 0xffffffff);
}

TEST(Random, FillsNothingWithoutHarm) {
    Random random(seed(4));
    random.fill({});
    EXPECT_NE(random.u32(), random.u32());
}

}  // namespace
}  // namespace fz::crypto
