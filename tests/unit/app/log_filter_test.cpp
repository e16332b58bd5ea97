#include "app/log_filter.h"

#include <gtest/gtest.h>

namespace fz::app {
namespace {

using log::Level;

LogFilter filter(std::string_view directives) {
    auto parsed = LogFilter::parse(directives);
    EXPECT_TRUE(parsed) << parsed.error().what;
    return parsed.value_or(LogFilter{});
}

TEST(LogFilter, WantsInfoUnlessToldOtherwise) {
    for (const LogFilter& each : {LogFilter{}, filter(""), filter(" , ")}) {
        EXPECT_TRUE(each.wants("ice", Level::info));
        EXPECT_FALSE(each.wants("ice", Level::debug));
        EXPECT_EQ(each.lowest(), Level::info);
    }
}

TEST(LogFilter, ABareLevelIsForEverything) {
    EXPECT_TRUE(filter("debug").wants("ice", Level::debug));
    EXPECT_FALSE(filter("WARN").wants("ice", Level::info));
    EXPECT_FALSE(filter("off").wants("ice", Level::error));
    EXPECT_EQ(filter("off").lowest(), std::nullopt);
}

TEST(LogFilter, AModuleCanDiffer) {
    const LogFilter mixed = filter("warn, ice=trace ,turn=off");
    EXPECT_TRUE(mixed.wants("ice", Level::trace));
    EXPECT_FALSE(mixed.wants("turn", Level::error));
    EXPECT_FALSE(mixed.wants("portal", Level::info));
    EXPECT_TRUE(mixed.wants("portal", Level::warn));
    EXPECT_EQ(mixed.lowest(), Level::trace);
}

TEST(LogFilter, ToleratesTargetsOfOthers) {
    const LogFilter upstreams = filter("info,firezone_tunnel=debug,wire::api,snownet=trace");
    EXPECT_TRUE(upstreams.wants("tunnel", Level::info));
    EXPECT_FALSE(upstreams.wants("tunnel", Level::debug));
}

TEST(LogFilter, RefusesLevelsThatDoNotExist) {
    EXPECT_FALSE(LogFilter::parse("ice=loud"));
    EXPECT_FALSE(LogFilter::parse("ice="));
    EXPECT_FALSE(LogFilter::parse("ice=debug=info"));
}

}  // namespace
}  // namespace fz::app
