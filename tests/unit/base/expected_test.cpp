#include "base/expected.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <string>

namespace fz {
namespace {

enum class Reason { odd, negative };

Expected<int, Reason> half(int value) {
    if (value < 0) return Unexpected{Reason::negative};
    if (value % 2 != 0) return Unexpected{Reason::odd};
    return value / 2;
}
Expected<int, Reason> quarter(int value) {
    FZ_ASSIGN(const int halved, half(value));
    return half(halved);
}
Expected<void, Reason> check_even(int value) {
    FZ_TRY(half(value));
    return {};
}

TEST(Expected, HoldsAValue) {
    const auto result = half(10);
    ASSERT_TRUE(result);
    EXPECT_EQ(*result, 5);
    EXPECT_EQ(result.value_or(7), 5);
}

TEST(Expected, HoldsTheReason) {
    const auto result = half(3);
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error(), Reason::odd);
    EXPECT_EQ(result.value_or(7), 7);
}

TEST(Expected, AssignLeavesWithTheError) {
    EXPECT_EQ(*quarter(12), 3);
    EXPECT_EQ(quarter(6).error(), Reason::odd);
    EXPECT_EQ(quarter(-1).error(), Reason::negative);
}

TEST(Expected, TryLeavesWithTheError) {
    EXPECT_TRUE(check_even(2));
    EXPECT_EQ(check_even(1).error(), Reason::odd);
}

TEST(Expected, MovesWhatCannotBeCopied) {
    Expected<std::unique_ptr<int>, Reason> result(std::make_unique<int>(4));
    const std::unique_ptr<int> out = *std::move(result);
    EXPECT_EQ(*out, 4);
}

TEST(Expected, ReachesMembersOfTheValue) {
    Expected<std::string, Reason> result(std::string("abc"));
    EXPECT_EQ(result->size(), 3u);
    *result += "d";
    EXPECT_EQ(result.value(), "abcd");
}

TEST(ExpectedDeathTest, AskingForTheWrongSideIsABug) {
    EXPECT_DEATH(static_cast<void>(half(3).value()), "has_value");
    EXPECT_DEATH(static_cast<void>(half(2).error()), "has_value");
}

TEST(Error, PrintsTheSystemsWords) {
    EXPECT_EQ(Error("cannot open it").to_string(), "cannot open it");
    EXPECT_EQ(Error("cannot open it", EACCES).to_string(), "cannot open it: Permission denied");
}

}  // namespace
}  // namespace fz
