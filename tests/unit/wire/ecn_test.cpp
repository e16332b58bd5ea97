#include "wire/ecn.h"

#include <gtest/gtest.h>

namespace fz::wire {
namespace {

constexpr Ecn kAll[] = {Ecn::not_ect, Ecn::ect1, Ecn::ect0, Ecn::ce};

TEST(Ecn, IsTheLowTwoBitsOfTheTrafficClass) {
    // RFC 3168 5.
    EXPECT_EQ(ecn_of(0xfc), Ecn::not_ect);
    EXPECT_EQ(ecn_of(0x01), Ecn::ect1);
    EXPECT_EQ(ecn_of(0xb2), Ecn::ect0);
    EXPECT_EQ(ecn_of(0xff), Ecn::ce);
}

TEST(Ecn, OnlyCongestionOnACapablePacketIsMerged) {
    for (const Ecn outer : kAll)
        for (const Ecn inner : kAll) {
            const bool marked = outer == Ecn::ce && (inner == Ecn::ect0 || inner == Ecn::ect1);
            EXPECT_EQ(merge_on_decapsulation(outer, inner), marked ? Ecn::ce : inner);
        }
}

}  // namespace
}  // namespace fz::wire
