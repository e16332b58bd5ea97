#include "app/log_filter.h"

#include <gtest/gtest.h>

namespace fz::app {
namespace {

using log::Level;

LogFilter filter(std::string_view directives) {
    const LogFilter parsed = LogFilter::parse(directives);
    EXPECT_EQ(parsed.left_out(), "");
    return parsed;
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

TEST(LogFilter, ANumberIsALevel) {
    EXPECT_TRUE(filter("4").wants("ice", Level::debug));
    EXPECT_FALSE(filter("2,ice=0").wants("ice", Level::error));
}

/// What deployments of upstream's gateway are found with.
TEST(LogFilter, KeepsTheLevelsOfUpstreamsFilters) {
    for (const char* typical :
         {"info", "firezone_gateway=debug,info", "wire=trace,info", "str0m=warn,snownet=debug",
          "info,wire::net=trace,wire::dev=trace", "hyper-util=off"}) {
        EXPECT_TRUE(filter(typical).wants("portal", Level::info)) << typical;
        EXPECT_FALSE(filter(typical).wants("portal", Level::debug)) << typical;
    }
}

TEST(LogFilter, LeavesOutWhatMeansNothingHereAndKeepsTheRest) {
    for (const char* foreign :
         {"firezone_tunnel[{field}]=debug", "[span]=trace", "[handle{id=1,name=\"a,b\"}]=debug",
          "firezone.*=debug", "^wire::.*$=trace", "info/regex", "ice=loud",
          "ice=", "ice=debug=info", "=debug", "two words"}) {
        const LogFilter mixed = LogFilter::parse("warn," + std::string(foreign) + ",turn=debug");
        EXPECT_EQ(mixed.left_out(), foreign);
        EXPECT_FALSE(mixed.wants("ice", Level::info)) << foreign;
        EXPECT_TRUE(mixed.wants("ice", Level::warn)) << foreign;
        EXPECT_TRUE(mixed.wants("turn", Level::debug)) << foreign;
    }
}

TEST(LogFilter, NoBytesKeepTheGatewayFromStarting) {
    EXPECT_EQ(LogFilter::parse("a[b,info").left_out(), "a[b,info");
    EXPECT_EQ(LogFilter::parse("]]=debug,\x01\xff,x{").left_out(), "]]=debug,\x01\xff,x{");
    EXPECT_EQ(LogFilter::parse("]],ice=loud").left_out(), "]],ice=loud");
}

}  // namespace
}  // namespace fz::app
