#include "base/time.h"

#include <gtest/gtest.h>

namespace fz {
namespace {

TEST(Time, TheEarlierDeadlineTreatsNothingAsNever) {
    const Instant one{1s};
    const Instant two{2s};
    EXPECT_EQ(earlier(one, two), one);
    EXPECT_EQ(earlier(two, one), one);
    EXPECT_EQ(earlier(std::nullopt, two), two);
    EXPECT_EQ(earlier(two, std::nullopt), two);
    EXPECT_EQ(earlier(std::nullopt, std::nullopt), std::nullopt);
}

}  // namespace
}  // namespace fz
