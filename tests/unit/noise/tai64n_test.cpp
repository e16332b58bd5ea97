#include "noise/tai64n.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"

namespace fz::noise {
namespace {

TEST(Tai64n, LabelsTheEpochAsLibtaiDoes) {
    EXPECT_EQ(crypto::to_hex(Tai64n::from(UnixTime{}).bytes), "400000000000000a00000000");
    EXPECT_EQ(crypto::to_hex(Tai64n::from(UnixTime{1'700'000'000s + 123'456'789ns}).bytes),
              "400000006553f10a075bcd15");
}

TEST(Tai64n, OrdersLikeTheTimesItLabels) {
    const UnixTime time{1'700'000'000s};
    EXPECT_LT(Tai64n::from(time), Tai64n::from(time + 1ns));
    EXPECT_LT(Tai64n::from(time + 999'999'999ns), Tai64n::from(time + 1s));
    EXPECT_LT(Tai64n::from(time + 255s), Tai64n::from(time + 256s));
    EXPECT_LT(Tai64n::from(UnixTime{-1ns}), Tai64n::from(UnixTime{}));
    EXPECT_LT(Tai64n{}, Tai64n::from(UnixTime{-1s}));
}

}  // namespace
}  // namespace fz::noise
