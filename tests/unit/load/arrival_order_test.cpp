#include "arrival_order.h"

#include <gtest/gtest.h>

namespace fz::load {
namespace {

TEST(ArrivalOrder, OfAFlowInOrderFindsNothing) {
    ArrivalOrder order;
    order.arrived(0, 49);
    order.arrived(49, 1);
    order.arrived(50, 10);
    EXPECT_EQ(order.next(), 60u);
    EXPECT_EQ(order.late(), 0u);
    EXPECT_EQ(order.skipped(), 0u);
}

TEST(ArrivalOrder, CountsWhatComesAfterALaterOne) {
    ArrivalOrder order;
    order.arrived(0, 1);
    order.arrived(5, 1);
    order.arrived(1, 4);
    order.arrived(6, 1);
    EXPECT_EQ(order.late(), 4u);
    EXPECT_EQ(order.skipped(), 4u);
    EXPECT_EQ(order.next(), 7u);
}

TEST(ArrivalOrder, CountsAGapOnce) {
    ArrivalOrder order(1000);
    order.arrived(1003, 2);
    order.arrived(1005, 2);
    EXPECT_EQ(order.skipped(), 3u);
    EXPECT_EQ(order.late(), 0u);
}

TEST(ArrivalOrder, ReadsSegmentsFromTheirSequenceNumbers) {
    ArrivalOrder order;
    order.segments_arrived(0, 1240, 2);
    order.segments_arrived(2480, 1240, 1);
    order.segments_arrived(4960, 1240, 1);  // number 4: 3 is missing
    order.segments_arrived(3720, 1240, 1);
    EXPECT_EQ(order.next(), 5u);
    EXPECT_EQ(order.skipped(), 1u);
    EXPECT_EQ(order.late(), 1u);
}

TEST(ArrivalOrder, FollowsSequenceNumbersAroundTheirEnd) {
    // 2^32 = 3463683 * 1240 + 376
    ArrivalOrder order(3'463'683);
    order.segments_arrived(4'294'966'920u, 1240, 1);
    order.segments_arrived(864, 1240, 1);
    EXPECT_EQ(order.next(), 3'463'685u);
    EXPECT_EQ(order.late(), 0u);
    EXPECT_EQ(order.skipped(), 0u);
    order.segments_arrived(4'294'966'920u, 1240, 1);
    EXPECT_EQ(order.late(), 1u);
}

}  // namespace
}  // namespace fz::load
