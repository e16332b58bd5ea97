#include "base/log.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/uuid.h"

namespace fz {
namespace {

std::vector<std::string> captured;

void capture(const log::Line& line) {
    std::string text(log::name_of(line.level));
    text += ' ' + std::string(line.message);
    for (const log::Field& field : line.fields)
        text += ' ' + std::string(field.key) + '=' + field.value;
    captured.push_back(text);
}

class Log : public testing::Test {
  protected:
    void SetUp() override {
        captured.clear();
        log::set_sink(capture, log::Level::info);
    }
    void TearDown() override { log::set_sink(nullptr, log::Level::error); }
};

TEST_F(Log, WritesASentenceWithTypedFields) {
    FZ_LOG(info, "it happened", kv("id", Uuid{}), kv("count", 3), kv("on", true),
           kv("how", "well"));
    ASSERT_EQ(captured.size(), 1u);
    EXPECT_EQ(captured[0],
              "INFO it happened id=00000000-0000-0000-0000-000000000000 count=3 on=true how=well");
}

TEST_F(Log, KeepsLinesBelowTheLevelUnmade) {
    FZ_LOG(debug, "not wanted");
    EXPECT_TRUE(captured.empty());
    FZ_LOG(error, "wanted");
    EXPECT_EQ(captured.size(), 1u);
}

TEST_F(Log, NamesTheModuleByItsFolder) {
    EXPECT_EQ(log::module_of("/home/x/src/noise/peer.cpp"), "noise");
    EXPECT_EQ(log::module_of("src/base/log.cpp"), "base");
}

}  // namespace
}  // namespace fz
