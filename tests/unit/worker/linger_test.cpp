#include "worker/linger.h"

#include <gtest/gtest.h>

namespace fz::worker {
namespace {

/// Wakes from a sleep, looks if it should, and says whether it did.
bool looks_after(Linger& linger, Duration sleep, bool answer) {
    linger.slept(sleep);
    const bool looks = linger.look() > Duration::zero();
    if (looks) linger.looked(answer);
    return looks;
}

int looks_in(Linger& linger, int turns, Duration sleep, bool answer) {
    int looks = 0;
    for (int i = 0; i < turns; ++i) looks += looks_after(linger, sleep, answer) ? 1 : 0;
    return looks;
}

TEST(Linger, LooksEachTimeWhereAnswersCome) {
    Linger linger;
    looks_in(linger, 16, Linger::kLongSleep, true);
    EXPECT_EQ(looks_in(linger, 100, Linger::kLongSleep, true), 100);
}

TEST(Linger, SeldomLooksWhereNothingAnswers) {
    Linger linger;
    EXPECT_EQ(looks_in(linger, 160, Linger::kLongSleep, false), 10);
}

TEST(Linger, AMissedAnswerOrTwoAreForgiven) {
    Linger linger;
    looks_in(linger, 16, Linger::kLongSleep, true);
    EXPECT_EQ(looks_in(linger, 3, Linger::kLongSleep, false), 3);
    EXPECT_TRUE(looks_after(linger, Linger::kLongSleep, true));
    EXPECT_EQ(looks_in(linger, 3, Linger::kLongSleep, false), 3);
}

TEST(Linger, ABusyWorkerNeverLooks) {
    Linger linger;
    looks_in(linger, 16, Linger::kLongSleep, true);
    EXPECT_EQ(looks_in(linger, 100, Linger::kLongSleep - 1us, true), 0);
}

TEST(Linger, LooksOnceForEachLongSleep) {
    Linger linger;
    looks_in(linger, 16, Linger::kLongSleep, true);
    linger.slept(Linger::kLongSleep);
    EXPECT_EQ(linger.look(), Linger::kLook);
    linger.looked(true);
    EXPECT_EQ(linger.look(), Duration::zero());
}

TEST(Linger, NeverLooksBeforeItsFirstSleep) { EXPECT_EQ(Linger().look(), Duration::zero()); }

}  // namespace
}  // namespace fz::worker
