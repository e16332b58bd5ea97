#include "pace.h"

#include <gtest/gtest.h>

namespace fz::load {
namespace {

constexpr Instant kStart{1000s};

TEST(Pace, AClosedLoopFillsItsWindow) {
    Pace pace = Pace::closed(100);
    pace.start(kStart);
    EXPECT_EQ(pace.allowance(10, kStart), 100u);
    pace.sent(70);
    EXPECT_EQ(pace.allowance(10, kStart), 30u);
    pace.sent(30);
    EXPECT_EQ(pace.allowance(10, kStart + 1h), 0u);
    pace.arrived(5);
    EXPECT_EQ(pace.allowance(10, kStart), 5u);
}

TEST(Pace, ATrainLargerThanTheWindowLeavesAlone) {
    Pace pace = Pace::closed(10);
    pace.start(kStart);
    EXPECT_EQ(pace.allowance(49, kStart), 49u);
    pace.sent(49);
    EXPECT_EQ(pace.allowance(49, kStart), 0u);
    pace.arrived(48);
    EXPECT_LT(pace.allowance(49, kStart), 49u);
    pace.arrived(1);
    EXPECT_EQ(pace.allowance(49, kStart), 49u);
}

TEST(Pace, WhatIsWrittenOffMakesRoom) {
    Pace pace = Pace::closed(10);
    pace.sent(10);
    pace.write_off();
    EXPECT_EQ(pace.in_flight(), 0u);
    pace.arrived(3);  // it came after all
    EXPECT_EQ(pace.in_flight(), 0u);
}

TEST(Pace, AnOpenLoopKeepsItsRateWhateverArrives) {
    Pace pace = Pace::open(1'000'000);
    pace.start(kStart);
    std::uint64_t sent = 0;
    for (int i = 0; i <= 100'000; ++i) {  // ten seconds
        const std::uint64_t allowed = pace.allowance(49, kStart + i * 100us) / 49 * 49;
        pace.sent(allowed);
        sent += allowed;
    }
    EXPECT_NEAR(static_cast<double>(sent), 10e6, 100);
}

TEST(Pace, AnOpenLoopDoesNotMakeUpForAPause) {
    Pace pace = Pace::open(1000);
    pace.start(kStart);
    EXPECT_LE(pace.allowance(1, kStart + 1h), 10u);
}

TEST(Pace, AnOpenLoopSlowerThanItsTrainsStillSendsThem) {
    Pace pace = Pace::open(100);
    pace.start(kStart);
    EXPECT_GE(pace.allowance(49, kStart + 500ms), 49u);
}

}  // namespace
}  // namespace fz::load
