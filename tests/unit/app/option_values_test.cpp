#include "app/option_values.h"

#include <gtest/gtest.h>

namespace fz::app {
namespace {

using namespace std::chrono_literals;

TEST(Duration, AddsNumbersWithUnits) {
    EXPECT_EQ(parse_duration("24h"), 24h);
    EXPECT_EQ(parse_duration("90 seconds"), 90s);
    EXPECT_EQ(parse_duration("1day 2hrs 3 min 4s"), 24h + 2h + 3min + 4s);
    EXPECT_EQ(parse_duration("1h30m"), 90min);
    EXPECT_EQ(parse_duration("0s"), 0s);
}

TEST(Duration, RefusesWhatIsNone) {
    for (const char* text : {"", " ", "h", "24", "24x", "-1h", "1.5h", "1h 2", "1h,2m", "367d",
                             "99999999999999999999s", "4294967295d"})
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(HostAndPort, NeedsBoth) {
    EXPECT_TRUE(is_host_and_port("collector:4317"));
    EXPECT_TRUE(is_host_and_port("[::1]:4317"));
    for (const char* text : {"", "collector", ":4317", "collector:", "collector:0", "a:65536"})
        EXPECT_FALSE(is_host_and_port(text)) << text;
}

}  // namespace
}  // namespace fz::app
