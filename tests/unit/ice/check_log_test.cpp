#include "ice/check_log.h"

#include <gtest/gtest.h>

#include <vector>

namespace fz::ice {
namespace {

constexpr Instant kStart{1h};

stun::TransactionId id(unsigned number) {
    stun::TransactionId made;
    made.bytes[0] = static_cast<std::byte>(number);
    made.bytes[1] = static_cast<std::byte>(number >> 8);
    return made;
}

/// Drives one log: sends whenever a check is due, answers as told.
struct Pair {
    Timing timing;
    Instant now = kStart;
    CheckLog log{kStart};
    unsigned count = 0;

    Instant send() {
        now = std::max(now, log.due());
        log.sent(id(++count), timing, now);
        return now;
    }
    void answer() { log.answered(id(count), now); }
    void answer(unsigned number, Instant at) { log.answered(id(number), at); }

    /// Seconds after `origin` at which unanswered checks leave; the last entry is the failure.
    std::vector<double> fall_silent(Instant origin) {
        std::vector<double> times;
        const auto note = [&](Instant at) {
            times.push_back(std::chrono::duration<double>(at - origin).count());
        };
        while (!log.failed(timing, log.due())) note(send());
        note(log.due());
        return times;
    }
};

TEST(CheckTiming, OfANewPairThatIsNeverAnswered) {
    Pair pair{kDefaultTiming};
    EXPECT_EQ(pair.fall_silent(kStart),
              (std::vector<double>{0, .25, .75, 1.75, 3.25, 4.75, 6.25, 7.75, 9.25, 10.75, 12.25,
                                   13.75, 15.25}));
}

TEST(CheckTiming, OfAHealthyPair) {
    Pair pair{kDefaultTiming};
    for (int i = 0; i < 20; ++i) pair.send(), pair.answer();
    const Instant before = pair.now;
    EXPECT_EQ(pair.send() - before, 1500ms);
}

TEST(CheckTiming, OfAHealthyPairThatFallsSilent) {
    Pair pair{kDefaultTiming};
    for (int i = 0; i < 20; ++i) pair.send(), pair.answer();
    EXPECT_EQ(pair.fall_silent(pair.log.due()),
              (std::vector<double>{0, 1.5, 2, 3, 4.5, 6, 7.5, 9, 10.5, 12, 13.5, 15, 16.5}));
}

TEST(CheckTiming, OfAnIdlePair) {
    Pair pair{kIdleTiming};
    for (int i = 0; i < 6; ++i) pair.send(), pair.answer();
    const Instant before = pair.now;
    EXPECT_EQ(pair.send() - before, 25s);
    pair.answer();
    EXPECT_EQ(pair.fall_silent(pair.log.due()), (std::vector<double>{0, 25, 50, 75, 100}));
}

TEST(CheckTiming, RecoversItsPaceWithTheFirstAnswer) {
    Pair pair{kDefaultTiming};
    for (int i = 0; i < 20; ++i) pair.send(), pair.answer();
    for (int i = 0; i < 5; ++i) pair.send();
    pair.answer();
    pair.send();
    const Instant before = pair.now;
    EXPECT_EQ(pair.send() - before, 1500ms);
}

TEST(CheckTiming, ActiveProfileMakesAnIdlePairDueAtOnce) {
    Pair pair{kIdleTiming};
    for (int i = 0; i < 5; ++i) pair.send(), pair.answer();
    pair.log.reschedule(kDefaultTiming);
    EXPECT_EQ(pair.log.due(), pair.now + 1500ms);
    pair.log.reschedule(kIdleTiming);
    EXPECT_EQ(pair.log.due(), pair.now + 25s);
}

TEST(CheckLog, AnswersOnlyToWhatItRemembers) {
    Pair pair{kDefaultTiming};
    const Instant first = pair.send();
    EXPECT_TRUE(pair.log.awaits(id(1)));
    EXPECT_FALSE(pair.log.answered(id(99), pair.now));
    EXPECT_FALSE(pair.log.succeeded());
    EXPECT_EQ(pair.log.answered(id(1), pair.now), first);
    EXPECT_TRUE(pair.log.succeeded());
    for (int i = 0; i < 12; ++i) pair.send();
    EXPECT_FALSE(pair.log.awaits(id(1)));
    EXPECT_TRUE(pair.log.succeeded());
}

TEST(CheckLog, ALateAnswerToAnOlderCheckCounts) {
    Pair pair{kDefaultTiming};
    pair.send(), pair.send(), pair.send();
    pair.answer(2, pair.now);
    EXPECT_EQ(pair.log.unanswered_since(), kStart + 750ms);
    EXPECT_EQ(pair.log.last_success(), kStart + 250ms);
}

TEST(CheckLog, TimesTheAnsweredCheckAndNotTheLatest) {
    Pair pair{kDefaultTiming};
    EXPECT_EQ(pair.log.round_trip(), std::nullopt);
    const Instant first = pair.send();
    pair.send();
    EXPECT_EQ(pair.log.round_trip(), std::nullopt);
    pair.answer(1, first + 300ms);
    EXPECT_EQ(pair.log.round_trip(), 300ms);
    const Instant third = pair.send();
    pair.answer(3, third + 40ms);
    EXPECT_EQ(pair.log.round_trip(), 40ms) << "the last value as it is";
}

TEST(CheckLog, NeitherCopiesNorLateAnswersChangeTheRoundTrip) {
    Pair pair{kDefaultTiming};
    const Instant first = pair.send();
    const Instant second = pair.send();
    pair.answer(2, second + 20ms);
    pair.answer(2, second + 900ms);
    pair.answer(1, first + 1s);
    EXPECT_EQ(pair.log.round_trip(), 20ms);
}

TEST(CheckLog, IsSilentAfterTwoUnansweredChecks) {
    Pair pair{kDefaultTiming};
    pair.send(), pair.answer();
    pair.send();
    EXPECT_FALSE(pair.log.silent(pair.now + 10s));
    pair.send();
    EXPECT_FALSE(pair.log.silent(pair.now + 249ms));
    EXPECT_TRUE(pair.log.silent(pair.now + 250ms));
    pair.answer();
    EXPECT_FALSE(pair.log.silent(pair.now + 10s));
}

TEST(CheckLog, ProbesQuicklyInAnyProfile) {
    Pair pair{kIdleTiming};
    for (int i = 0; i < 5; ++i) pair.send(), pair.answer();
    const Instant origin = pair.now + 3s;
    pair.now = origin;
    pair.log.probe(origin);
    EXPECT_EQ(pair.send(), origin);
    EXPECT_EQ(pair.send(), origin + 250ms);
    EXPECT_EQ(pair.send(), origin + 750ms);
    EXPECT_EQ(pair.send(), origin + 750ms + 25s);
}

TEST(CheckLog, HasteIsLimited) {
    Pair pair{kDefaultTiming};
    for (int i = 0; i < 6; ++i) pair.send();
    pair.log.hasten(pair.now + 10ms);
    EXPECT_EQ(pair.log.due(), pair.now + 250ms);
    pair.log.hasten(pair.now + 700ms);
    EXPECT_EQ(pair.log.due(), pair.now + 250ms);
}

TEST(CheckLog, HasteDoesNotShortenALife) {
    Pair pair{kDefaultTiming};
    for (int i = 0; i < 12; ++i) pair.send();
    pair.log.hasten(pair.now + 300ms);
    EXPECT_FALSE(pair.log.failed(kDefaultTiming, pair.now + 300ms));
    EXPECT_TRUE(pair.log.failed(kDefaultTiming, pair.now + 1500ms));
}

}  // namespace
}  // namespace fz::ice
