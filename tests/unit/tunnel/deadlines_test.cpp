#include "tunnel/deadlines.h"

#include <gtest/gtest.h>

namespace fz::tunnel {
namespace {

constexpr Instant kStart{1000s};

TEST(Deadlines, NothingIsDueWithoutAny) {
    Deadlines<int> deadlines;
    EXPECT_FALSE(deadlines.next());
    EXPECT_FALSE(deadlines.take_due(kStart));
}

TEST(Deadlines, TheEarliestIsNextAndEqualMeansDue) {
    Deadlines<int> deadlines;
    deadlines.set(1, kStart + 5s);
    deadlines.set(2, kStart + 3s);
    EXPECT_EQ(deadlines.next(), kStart + 3s);
    EXPECT_FALSE(deadlines.take_due(kStart + 3s - 1ns));
    EXPECT_EQ(deadlines.take_due(kStart + 3s), 2);
    EXPECT_EQ(deadlines.next(), kStart + 5s);
}

TEST(Deadlines, ATakenOneIsGoneUntilSetAgain) {
    Deadlines<int> deadlines;
    deadlines.set(1, kStart);
    EXPECT_EQ(deadlines.take_due(kStart), 1);
    EXPECT_FALSE(deadlines.take_due(kStart));
    deadlines.set(1, kStart);
    EXPECT_EQ(deadlines.take_due(kStart), 1);
}

TEST(Deadlines, ALaterValueReplacesAnEarlierOne) {
    Deadlines<int> deadlines;
    deadlines.set(1, kStart);
    deadlines.set(1, kStart + 9s);
    EXPECT_FALSE(deadlines.take_due(kStart + 8s));
    deadlines.set(1, std::nullopt);
    EXPECT_FALSE(deadlines.next());
}

TEST(Deadlines, ChildrenDueAtTheSameTimeAllCome) {
    Deadlines<int> deadlines;
    for (int child = 0; child < 10; ++child) deadlines.set(child, kStart);
    deadlines.erase(4);
    int count = 0;
    while (deadlines.take_due(kStart)) ++count;
    EXPECT_EQ(count, 9);
}

}  // namespace
}  // namespace fz::tunnel
