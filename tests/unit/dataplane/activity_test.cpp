#include "dataplane/activity.h"

#include <gtest/gtest.h>

namespace fz::dataplane {
namespace {

using Fact = ActivityRecord::Fact;

TEST(ActivityRecord, AsksForOneNoticeUntilItIsTaken) {
    ActivityRecord record;
    EXPECT_TRUE(record.note(Fact::data_sent, Instant{1s}));
    EXPECT_FALSE(record.note(Fact::data_sent, Instant{2s}));
    EXPECT_FALSE(record.note(Fact::data_received, Instant{3s}));

    const Activity taken = record.take();
    EXPECT_EQ(taken.data_sent, Instant{2s});
    EXPECT_EQ(taken.data_received, Instant{3s});
    EXPECT_FALSE(taken.keepalive_received || taken.session_wanted || taken.session_confirmed);
    EXPECT_TRUE(record.note(Fact::data_sent, Instant{4s}));
}

TEST(ActivityRecord, IsTakenOnce) {
    ActivityRecord record;
    static_cast<void>(record.note(Fact::session_wanted, Instant{1s}));
    EXPECT_TRUE(record.take().session_wanted);
    EXPECT_FALSE(record.take().session_wanted);
}

TEST(ActivityRecord, ALostNoticeIsAskedForAgainAndNothingIsForgotten) {
    ActivityRecord record;
    static_cast<void>(record.note(Fact::session_confirmed, Instant{1s}));
    record.notice_lost();
    EXPECT_TRUE(record.note(Fact::data_received, Instant{2s}));
    EXPECT_EQ(record.take().session_confirmed, Instant{1s});
}

}  // namespace
}  // namespace fz::dataplane
