#include "tunnel/slots.h"

#include <gtest/gtest.h>

#include <set>

namespace fz::tunnel {
namespace {

TEST(Slots, AreDistinctWhileTaken) {
    Slots slots;
    std::set<std::uint32_t> taken;
    for (int i = 0; i < 5000; ++i) EXPECT_TRUE(taken.insert(slots.take()).second);
}

TEST(Slots, AFreedOneRestsBehindAThousandOthers) {
    Slots slots;
    const std::uint32_t freed = slots.take();
    slots.give(freed);
    for (int i = 0; i < 1024; ++i) {
        const std::uint32_t slot = slots.take();
        ASSERT_NE(slot, freed) << i;
        slots.give(slot);
    }
}

TEST(Slots, StaySmallUnderChurn) {
    Slots slots;
    for (int i = 0; i < 100'000; ++i) {
        const std::uint32_t slot = slots.take();
        ASSERT_LE(slot, 1025u);
        slots.give(slot);
    }
}

TEST(Slots, FitIntoTheUpperBitsOfAnIndex) {
    Slots slots;
    for (int i = 0; i < 3000; ++i) EXPECT_LT(slots.take(), 1u << 24);
}

}  // namespace
}  // namespace fz::tunnel
