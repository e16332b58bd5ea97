#include "app/log_sink.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fz::app {
namespace {

using namespace std::chrono_literals;
using namespace std::chrono;

const UnixTime kMoment = sys_days(year(2025) / September / 17) + 8h + 123ms + 999us;

TEST(HumanLine, LooksLikeUpstreams) {
    EXPECT_EQ(human_line({log::Level::info, "portal", "joined", {{"topic", "gateway"}}}, kMoment),
              "2025-09-17T08:00:00.123Z  INFO portal: joined topic=gateway\n");
    EXPECT_EQ(human_line({log::Level::error, "app", "the end", {}}, kMoment),
              "2025-09-17T08:00:00.123Z ERROR app: the end\n");
}

TEST(HumanLine, QuotesWhatIsNotOnePlainWord) {
    const auto value = [](std::string text) {
        const std::string line =
            human_line({log::Level::info, "m", "s", {{"k", std::move(text)}}}, kMoment);
        return line.substr(line.find("k="));
    };
    EXPECT_EQ(value("two words"), "k=\"two words\"\n");
    EXPECT_EQ(value(""), "k=\"\"\n");
    EXPECT_EQ(value("a=b"), "k=\"a=b\"\n");
    EXPECT_EQ(value("x\ny\"\\\x1b"), "k=\"x\\ny\\\"\\\\\\u001b\"\n");
}

TEST(JsonLine, IsOneObject) {
    EXPECT_EQ(json_line({log::Level::warn, "ice", "say \"hi\"", {{"took", "1.5s"}}}, kMoment),
              "{\"time\":\"2025-09-17T08:00:00.123Z\",\"severity\":\"WARN\",\"target\":\"ice\","
              "\"message\":\"say \\\"hi\\\"\",\"took\":\"1.5s\"}\n");
}

TEST(JsonLine, IsValidWhateverAValueIs) {
    const std::string line =
        json_line({log::Level::info, "m", "s", {{"k", std::string("\xff\0\"", 3)}}}, kMoment);
    EXPECT_EQ(line.substr(line.find("\"k\"")), "\"k\":\"\xef\xbf\xbd\\u0000\\\"\"}\n");
}

TEST(LogSink, WritesWhatTheFilterWantsAsWholeLines) {
    LogOptions options;
    options.filter = LogFilter::parse("warn,app=debug");
    testing::internal::CaptureStdout();
    log_to_standard_output(options);
    log::write({log::Level::debug, "app", "wanted", {}});
    log::write({log::Level::info, "ice", "unwanted", {}});
    const std::string output = testing::internal::GetCapturedStdout();
    log::set_sink(nullptr, log::Level::error);
    EXPECT_NE(output.find("Z DEBUG app: wanted\n"), std::string::npos) << output;
    EXPECT_EQ(output.find("unwanted"), std::string::npos);
}

TEST(LogSink, WarnsOnceOfWhatTheFilterLeftOut) {
    LogOptions options;
    options.filter = LogFilter::parse("info,firezone_tunnel[{field}]=debug,ice=loud");
    testing::internal::CaptureStdout();
    log_to_standard_output(options);
    const std::string output = testing::internal::GetCapturedStdout();
    log::set_sink(nullptr, log::Level::error);
    EXPECT_NE(output.find("WARN app: parts of RUST_LOG mean nothing to this program "
                          "left_out=\"firezone_tunnel[{field}]=debug,ice=loud\"\n"),
              std::string::npos)
        << output;
    EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 1);
}

}  // namespace
}  // namespace fz::app
