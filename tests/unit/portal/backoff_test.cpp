#include "portal/backoff.h"

#include <gtest/gtest.h>

namespace fz::portal {
namespace {

const Instant kStart{1000s};

crypto::Random seeded(unsigned char seed) {
    std::array<std::byte, 32> bytes{};
    bytes[0] = std::byte(seed);
    return crypto::Random(crypto::Secret(bytes));
}

TEST(Backoff, GrowsByHalfWithinItsJitterUpToTheCeiling) {
    for (unsigned char seed = 0; seed < 50; ++seed) {
        crypto::Random random = seeded(seed);
        Backoff backoff;
        Duration interval = 500ms;
        for (int failure = 0; failure < 30; ++failure) {
            const Duration delay = backoff.on_failure(kStart, random).value() - kStart;
            EXPECT_GE(delay, interval / 2);
            EXPECT_LE(delay, interval * 3 / 2);
            interval = std::min<Duration>(interval * 3 / 2, 60s);
        }
        EXPECT_EQ(interval, 60s);
    }
}

TEST(Backoff, JitterUsesItsWholeRange) {
    crypto::Random random = seeded(1);
    Duration least = 10s;
    Duration most = 0s;
    for (int i = 0; i < 500; ++i) {
        Backoff backoff;
        const Duration delay = backoff.on_failure(kStart, random).value() - kStart;
        least = std::min(least, delay);
        most = std::max(most, delay);
    }
    EXPECT_LT(least, 260ms);
    EXPECT_GT(most, 740ms);
}

TEST(Backoff, StartsOverAfterAJoinOnly) {
    crypto::Random random = seeded(2);
    Backoff backoff;
    for (int i = 0; i < 20; ++i) static_cast<void>(backoff.on_failure(kStart, random));
    backoff.on_dial(kStart + 10min);  // the handshake succeeds, the join never does
    EXPECT_GE(backoff.on_failure(kStart + 11min, random).value() - kStart, 11min + 30s);
    backoff.on_joined();
    EXPECT_LE(backoff.on_failure(kStart + 20min, random).value() - kStart, 20min + 750ms);
}

TEST(Backoff, DialsAtMostOncePerSecond) {
    crypto::Random random = seeded(3);
    Backoff backoff;
    Instant now = kStart;
    for (int i = 0; i < 20; ++i) {  // a portal that accepts the join and drops us at once
        backoff.on_dial(now);
        backoff.on_joined();
        const Instant next = backoff.on_failure(now, random).value();
        EXPECT_GE(next - now, 1s);
        now = next;
    }
    EXPECT_GE(backoff.on_failure(now, random, 0s).value() - now, 0s);
}

TEST(Backoff, RetryAfterOverridesWithinBounds) {
    crypto::Random random = seeded(4);
    Backoff backoff;
    EXPECT_EQ(backoff.on_failure(kStart, random, 7s).value() - kStart, 7s);
    EXPECT_EQ(backoff.on_failure(kStart, random, 24h).value() - kStart, 5min);
    EXPECT_EQ(backoff.on_failure(kStart, random, -1s).value() - kStart, 0s);
    backoff.on_dial(kStart);
    EXPECT_EQ(backoff.on_failure(kStart, random, 0s).value() - kStart, 1s);
}

TEST(Backoff, GivesUpADayAfterTheFirstFailure) {
    crypto::Random random = seeded(5);
    Backoff backoff;
    EXPECT_TRUE(backoff.on_failure(kStart, random, 1s));
    EXPECT_TRUE(backoff.on_failure(kStart + 24h - 2s, random, 1s));
    EXPECT_FALSE(backoff.on_failure(kStart + 24h - 2s, random, 3s));
    EXPECT_FALSE(backoff.on_failure(kStart + 25h, random));
    backoff.on_joined();
    EXPECT_TRUE(backoff.on_failure(kStart + 26h, random));

    Backoff hasty({.give_up_after = 15min});
    EXPECT_TRUE(hasty.on_failure(kStart, random));
    EXPECT_FALSE(hasty.on_failure(kStart + 15min, random));
}

}  // namespace
}  // namespace fz::portal
