#include "policy/filter_set.h"

#include <gtest/gtest.h>

#include <bitset>
#include <random>

#include "unit/policy/resources.h"

namespace fz::policy {
namespace {

using test::allow_tcp;
using test::allow_udp;
using test::Filters;
using Kind = wire::Flow::Kind;

TEST(PortSet, IsEmptyAtFirst) { EXPECT_FALSE(PortSet{}.contains(0)); }

TEST(PortSet, HasBothEndsOfARange) {
    PortSet set;
    set.add(80, 90);
    EXPECT_FALSE(set.contains(79));
    EXPECT_TRUE(set.contains(80));
    EXPECT_TRUE(set.contains(90));
    EXPECT_FALSE(set.contains(91));
}

TEST(PortSet, HoldsTheFirstAndTheLastPort) {
    PortSet set;
    set.add(0, 0);
    set.add(65535, 65535);
    EXPECT_TRUE(set.contains(0));
    EXPECT_FALSE(set.contains(1));
    EXPECT_TRUE(set.contains(65535));
    set.add(0, 65535);
    EXPECT_TRUE(set.contains(1));
}

TEST(PortSet, AReversedRangeIsEmpty) {
    PortSet set;
    set.add(90, 80);
    EXPECT_EQ(set, PortSet{});
}

TEST(PortSet, TouchingRangesBecomeOne) {
    PortSet pieces;
    pieces.add(20, 29);
    pieces.add(10, 19);
    pieces.add(30, 30);
    PortSet whole;
    whole.add(10, 30);
    EXPECT_EQ(pieces, whole);
}

TEST(PortSet, AgreesWithABitmap) {
    std::mt19937 random(4);
    for (int round = 0; round < 50; ++round) {
        PortSet set;
        std::bitset<65536> ports;
        for (int i = 0; i < 12; ++i) {
            const auto first = static_cast<std::uint16_t>(random());
            const auto last = static_cast<std::uint16_t>(first + random() % 9000);
            set.add(first, last);
            for (std::size_t port = first; port <= last; ++port) ports.set(port);
        }
        for (std::size_t port = 0; port < 65536; ++port)
            ASSERT_EQ(set.contains(static_cast<std::uint16_t>(port)), ports[port]) << port;
    }
}

FilterSet set_of(const Filters& filters) {
    FilterSet set;
    set.add(filters);
    return set;
}

TEST(FilterSet, AnEmptyListPermitsEverything) {
    const FilterSet set = set_of({});
    for (const Kind kind : {Kind::tcp, Kind::udp, Kind::echo_request, Kind::echo_reply,
                            Kind::icmp_error, Kind::icmp_other, Kind::other})
        EXPECT_TRUE(set.permits(kind, 7));
}

TEST(FilterSet, TcpAndUdpAreIndependent) {
    const FilterSet set = set_of({allow_tcp(80, 80), allow_udp(53, 53)});
    EXPECT_TRUE(set.permits(Kind::tcp, 80));
    EXPECT_FALSE(set.permits(Kind::udp, 80));
    EXPECT_TRUE(set.permits(Kind::udp, 53));
    EXPECT_FALSE(set.permits(Kind::tcp, 53));
    EXPECT_FALSE(set.permits(Kind::echo_request, 80));
}

TEST(FilterSet, IcmpIsPermittedAsAWhole) {
    const FilterSet set = set_of({test::kAllowIcmp});
    for (const Kind kind :
         {Kind::echo_request, Kind::echo_reply, Kind::icmp_error, Kind::icmp_other})
        EXPECT_TRUE(set.permits(kind, 0));
    EXPECT_FALSE(set.permits(Kind::tcp, 0));
}

TEST(FilterSet, OtherProtocolsPassNoListAtAll) {
    EXPECT_FALSE(set_of({allow_tcp(0, 65535), allow_udp(0, 65535), test::kAllowIcmp})
                     .permits(Kind::other, 0));
}

TEST(FilterSet, AnEmptyListInAUnionPermitsEverything) {
    FilterSet set = set_of({allow_tcp(80, 80)});
    set.add({});
    EXPECT_TRUE(set.permits(Kind::udp, 9));
    set.add(Filters{allow_tcp(22, 22)});
    EXPECT_TRUE(set.permits(Kind::udp, 9));
}

TEST(FilterSet, AListOfReversedRangesPermitsNothing) {
    const FilterSet set = set_of({allow_tcp(90, 80)});
    EXPECT_FALSE(set.permits(Kind::tcp, 85));
    EXPECT_FALSE(set.permits(Kind::udp, 85));
}

}  // namespace
}  // namespace fz::policy
