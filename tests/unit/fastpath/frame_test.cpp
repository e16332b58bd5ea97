#include "fastpath/frame.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/fastpath/frames.h"

namespace fz::fastpath {
namespace {

using namespace fz::test;

TEST(Frame, HoldsADatagramOfIpv4) {
    Buffer frame = v4_frame(data_message(), {}, {.tos = 0b101'01});
    const auto train = parse_frame(frame);
    ASSERT_TRUE(train);
    EXPECT_TRUE(std::ranges::equal(train->bytes, data_message()));
    EXPECT_EQ(train->bytes.data(), frame.data() + 14 + 20 + 8);
    EXPECT_EQ(train->count(), 1U);
    EXPECT_EQ(train->source, (wire::SocketAddr{ip("203.0.113.5"), 40000}));
    EXPECT_EQ(train->local, (wire::SocketAddr{ip("198.51.100.1"), kOurPort}));
    EXPECT_EQ(train->ecn, wire::Ecn::ect1);
}

TEST(Frame, HoldsADatagramOfIpv6) {
    Buffer frame = ethernet(0x86dd, ipv6(ip("2001:db8::5"), ip("2001:db8::1"), kUdp,
                                         udp_with(1, 2, data_message()), 0b1010'11));
    const auto train = parse_frame(frame);
    ASSERT_TRUE(train);
    EXPECT_TRUE(std::ranges::equal(train->bytes, data_message()));
    EXPECT_EQ(train->source, (wire::SocketAddr{ip("2001:db8::5"), 1}));
    EXPECT_EQ(train->local, (wire::SocketAddr{ip("2001:db8::1"), 2}));
    EXPECT_EQ(train->ecn, wire::Ecn::ce);
}

/// Both halves agree on what is a datagram, although each parses by itself.
TEST(Frame, IsADatagramWhereTheProgramSteersIt) {
    for (FrameCase& each : frame_cases()) {
        const bool steered =
            each.verdict == fz_steered_data || each.verdict == fz_steered_channel_data;
        const auto train = parse_frame(each.frame);
        if (steered) {
            EXPECT_TRUE(train) << each.name;
        }
        const bool no_datagram = each.verdict == fz_passed_other ||
                                 each.verdict == fz_passed_options ||
                                 each.verdict == fz_passed_malformed;
        if (no_datagram && each.name != "Ipv4ChecksumIsWrong") {
            EXPECT_FALSE(train) << each.name;
        }
    }
}

TEST(Frame, CutAnywhereIsNone) {
    for (const Buffer& whole : {v4_frame(data_message()), v6_frame(data_message())})
        for (std::size_t size = 0; size < whole.size(); ++size) {
            Buffer cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
            EXPECT_FALSE(parse_frame(cut)) << size;
        }
}

}  // namespace
}  // namespace fz::fastpath
