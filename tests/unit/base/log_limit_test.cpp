#include "base/log_limit.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fz::log {
namespace {

std::vector<std::string> captured;

void capture(const Line& line) {
    std::string text(line.message);
    for (const Field& field : line.fields) text += ' ' + std::string(field.key) + '=' + field.value;
    captured.push_back(text);
}

class LogLimit : public testing::Test {
  protected:
    void SetUp() override {
        captured.clear();
        set_sink(capture, Level::info);
    }
    void TearDown() override { set_sink(nullptr, Level::error); }

    void flood(int lines, Instant now) {
        for (int i = 0; i < lines; ++i)
            FZ_LOG_LIMITED(limit, now, info, "go away", kv("who", "all"));
    }

    Limit limit;
    const Instant start{1000s};
};

TEST_F(LogLimit, LetsAFewThroughPerSecond) {
    flood(100, start);
    EXPECT_EQ(captured, std::vector<std::string>(5, "go away who=all withheld=0"));
    flood(100, start + 999ms);
    EXPECT_EQ(captured.size(), 5U);
    flood(100, start + 1s);
    EXPECT_EQ(captured.size(), 10U);
}

TEST_F(LogLimit, TheNextLineTellsHowManyWereWithheld) {
    flood(100, start);
    flood(2, start + 5s);
    ASSERT_EQ(captured.size(), 7U);
    EXPECT_EQ(captured[5], "go away who=all withheld=95");
    EXPECT_EQ(captured[6], "go away who=all withheld=0");
}

TEST_F(LogLimit, CountsNothingWhileNobodyListens) {
    set_sink(capture, Level::warn);
    flood(100, start);
    set_sink(capture, Level::info);
    FZ_LOG_LIMITED(limit, start, info, "at last");
    EXPECT_EQ(captured, std::vector<std::string>{"at last withheld=0"});
}

TEST_F(LogLimit, EachKindHasItsOwn) {
    Limit other;
    flood(100, start);
    FZ_LOG_LIMITED(other, start, info, "another matter");
    EXPECT_EQ(captured.back(), "another matter withheld=0");
}

}  // namespace
}  // namespace fz::log
