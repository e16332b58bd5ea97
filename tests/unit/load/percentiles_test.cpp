#include "percentiles.h"

#include <gtest/gtest.h>

namespace fz::load {
namespace {

TEST(Percentiles, AreTheNearestRank) {
    Percentiles sample;
    for (int i = 1000; i >= 1; --i) sample.add(Duration(i));
    EXPECT_EQ(sample.at(0), 1ns);
    EXPECT_EQ(sample.at(0.5), 500ns);
    EXPECT_EQ(sample.at(0.99), 990ns);
    EXPECT_EQ(sample.at(0.999), 999ns);
    EXPECT_EQ(sample.at(1), 1000ns);
}

TEST(Percentiles, TakeMoreAfterTheyWereAsked) {
    Percentiles sample;
    sample.add(5ns);
    EXPECT_EQ(sample.at(0.5), 5ns);
    sample.add(1ns);
    EXPECT_EQ(sample.at(0.5), 1ns);
}

TEST(Percentiles, AreToldInMicroseconds) {
    Percentiles sample;
    sample.add(1500ns);
    JsonObject object;
    sample.describe(object);
    EXPECT_EQ(object.str(),
              R"({"min_us": 1.5, "p50_us": 1.5, "p90_us": 1.5, "p99_us": 1.5, "p999_us": 1.5, )"
              R"("max_us": 1.5})");
}

TEST(Percentiles, OfNothingAreNull) {
    Percentiles sample;
    JsonObject object;
    sample.describe(object);
    EXPECT_NE(object.str().find(R"("p50_us": null)"), std::string::npos);
}

}  // namespace
}  // namespace fz::load
