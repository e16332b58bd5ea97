#include "base/error_tally.h"

#include <gtest/gtest.h>

namespace fz {
namespace {

TEST(ErrorTally, CountsByKind) {
    ErrorTally tally;
    EXPECT_TRUE(tally.empty());
    tally.add(5);
    tally.add(7, 10);
    tally.add(5, 2);
    ASSERT_EQ(tally.end() - tally.begin(), 2);
    EXPECT_EQ(tally.begin()[0].count, 3U);
    EXPECT_EQ(tally.begin()[1].count, 10U);
    EXPECT_EQ(tally.total(), 13U);
}

TEST(ErrorTally, LosesNoneWhenThereAreMoreKindsThanPlaces) {
    ErrorTally tally;
    for (int kind = 1; kind <= 20; ++kind) tally.add(kind);
    EXPECT_EQ(tally.end() - tally.begin(), 8);
    EXPECT_EQ(tally.total(), 20U);
}

}  // namespace
}  // namespace fz
