#include "stun/transaction.h"

#include <gtest/gtest.h>

namespace fz::stun {
namespace {

constexpr Instant kStart{1000s};

TEST(Retransmission, FollowsTheTurnScheduleToTheMillisecond) {
    Retransmission schedule(kTurnPolicy, kStart);
    for (const auto at : {1000ms, 2500ms, 4750ms}) {
        EXPECT_EQ(schedule.deadline(), kStart + at);
        EXPECT_EQ(schedule.advance(kStart + at - 1ns), Due::nothing);
        EXPECT_EQ(schedule.advance(kStart + at), Due::resend);
        EXPECT_EQ(schedule.advance(kStart + at), Due::nothing);
    }
    EXPECT_EQ(schedule.deadline(), kStart + 8125ms);
    EXPECT_EQ(schedule.advance(kStart + 8125ms - 1ns), Due::nothing);
    EXPECT_EQ(schedule.advance(kStart + 8125ms), Due::give_up);
    EXPECT_EQ(schedule.advance(kStart + 9s), Due::give_up);
}

TEST(Retransmission, AProbeIsSentOnceAndEndsAfterASecond) {
    Retransmission schedule(kProbePolicy, kStart);
    EXPECT_EQ(schedule.advance(kStart + 999ms), Due::nothing);
    EXPECT_EQ(schedule.advance(kStart + 1s), Due::give_up);
}

TEST(Retransmission, ALateCallSendsOneCopyAndWaitsAgain) {
    Retransmission schedule(kTurnPolicy, kStart);
    EXPECT_EQ(schedule.advance(kStart + 60s), Due::resend);
    EXPECT_EQ(schedule.deadline(), kStart + 61500ms);
    EXPECT_EQ(schedule.advance(kStart + 60s), Due::nothing);
    EXPECT_EQ(schedule.advance(kStart + 61500ms), Due::give_up);
}

TEST(Retransmission, RemembersWhenItStarted) {
    Retransmission schedule(kTurnPolicy, kStart);
    static_cast<void>(schedule.advance(kStart + 1s));
    EXPECT_EQ(schedule.started(), kStart);
}

}  // namespace
}  // namespace fz::stun
