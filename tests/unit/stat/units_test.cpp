#include "stat/units.h"

#include <gtest/gtest.h>

#include "stat/table.h"

namespace fz::stat {
namespace {

TEST(UnitsTest, ThreeDigitsAndAPrefix) {
    EXPECT_EQ(human(0), "0");
    EXPECT_EQ(human(7), "7");
    EXPECT_EQ(human(0.123), "0.12");
    EXPECT_EQ(human(17.46), "17.5");
    EXPECT_EQ(human(999.4), "999");
    EXPECT_EQ(human(999.6), "1.00 k");
    EXPECT_EQ(human(340'000), "340 k");
    EXPECT_EQ(human(1.21e9), "1.21 G");
    EXPECT_EQ(human(5e15), "5000 T");
    EXPECT_EQ(human(-3), "0");
    EXPECT_EQ(human(340'000, "bit/s"), "340 kbit/s");
    EXPECT_EQ(human(0, "bit/s"), "0 bit/s");
}

TEST(UnitsTest, Percent) {
    EXPECT_EQ(percent(0), "0 %");
    EXPECT_EQ(percent(0.0004), "0 %");
    EXPECT_EQ(percent(0.0044), "0.4 %");
    EXPECT_EQ(percent(0.5), "50 %");
    EXPECT_EQ(percent(1), "100 %");
}

TEST(UnitsTest, HowLongSomethingLasts) {
    EXPECT_EQ(lasting(-1s), "0 s");
    EXPECT_EQ(lasting(59s), "59 s");
    EXPECT_EQ(lasting(725s), "12 min 5 s");
    EXPECT_EQ(lasting(3h), "3 h");
    EXPECT_EQ(lasting(3h + 130s), "3 h 2 min");
    EXPECT_EQ(lasting(124h), "5 d 4 h");
}

TEST(UnitsTest, GroupsOfThree) {
    EXPECT_EQ(grouped(7), "7");
    EXPECT_EQ(grouped(1000), "1 000");
    EXPECT_EQ(grouped(1'234'567), "1 234 567");
}

TEST(TableTest, ColumnsLineUpAndTheLeastImportantGoFirst) {
    Table table({{"name", 9, true}, {"n", 5}, {"why", 1, true}});
    table.add({"a", "1", "because"});
    table.add({"long", "10", "no"});
    EXPECT_EQ(table.lines(80),
              (std::vector<std::string>{"name   n  why", "a      1  because", "long  10  no"}));
    EXPECT_EQ(table.lines(10), (std::vector<std::string>{"name   n", "a      1", "long  10"}));
    EXPECT_EQ(table.lines(3), (std::vector<std::string>{"nam", "a", "lon"}));
}

TEST(TableTest, TextIsBrokenBetweenWords) {
    EXPECT_EQ(wrapped("one two three", 7, 2), (std::vector<std::string>{"one two", "  three"}));
    EXPECT_EQ(wrapped("extraordinary", 5, 0), (std::vector<std::string>{"extra"}));
}

}  // namespace
}  // namespace fz::stat
