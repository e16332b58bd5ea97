#include "udp/segmentation.h"

#include <gtest/gtest.h>

#include "unit/wire/packets.h"

namespace fz::udp {
namespace {

const wire::IpAddr kA = test::ip("192.0.2.1"), kB = test::ip("192.0.2.2"), kC = test::ip("::3");

TEST(Segmentation, WorksUntilItIsRefused) {
    Segmentation segmentation(true);
    EXPECT_TRUE(segmentation.on());
    EXPECT_TRUE(segmentation.works_for(kA));
    EXPECT_FALSE(Segmentation(false).works_for(kA));
    EXPECT_FALSE(Segmentation(false).on());
}

TEST(Segmentation, OneDestinationThatRefusesIsAvoidedAlone) {
    Segmentation segmentation(true);
    for (int i = 0; i < 10; ++i) segmentation.refused(kA);
    EXPECT_TRUE(segmentation.on());
    EXPECT_FALSE(segmentation.works_for(kA));
    EXPECT_TRUE(segmentation.works_for(kB));
    segmentation.taken();
    EXPECT_FALSE(segmentation.works_for(kA));
}

TEST(Segmentation, TwoThatRefuseInARowEndIt) {
    Segmentation segmentation(true);
    segmentation.refused(kA);
    segmentation.refused(kB);
    EXPECT_FALSE(segmentation.on());
    EXPECT_FALSE(segmentation.works_for(kC));
    segmentation.taken();  // of a message that was already under way
    EXPECT_FALSE(segmentation.on());
}

TEST(Segmentation, WhatIsTakenInBetweenSavesIt) {
    Segmentation segmentation(true);
    segmentation.taken();  // long ago does not count
    segmentation.refused(kA);
    segmentation.taken();
    segmentation.refused(kB);
    EXPECT_TRUE(segmentation.on());
    EXPECT_FALSE(segmentation.works_for(kB));
    EXPECT_TRUE(segmentation.works_for(kA));  // tried again
    segmentation.refused(kC);
    EXPECT_FALSE(segmentation.on());
}

}  // namespace
}  // namespace fz::udp
