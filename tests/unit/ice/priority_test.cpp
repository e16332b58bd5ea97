#include "ice/priority.h"

#include <gtest/gtest.h>

#include "ice/candidate.h"

namespace fz::ice {
namespace {

using wire::Family;
using wire::IpAddr;
using wire::SocketAddr;

const SocketAddr kV4{IpAddr::v4(192, 0, 2, 10), 52625};
const SocketAddr kV6{*IpAddr::parse("2001:db8::10"), 52625};

TEST(Priority, OfFirstCandidates) {
    EXPECT_EQ(Candidate::host(kV4)->priority, 2130706175U);
    EXPECT_EQ(Candidate::host(kV6)->priority, 2130706431U);
    EXPECT_EQ(Candidate::server_reflexive(kV4, kV4)->priority, 1694498559U);
    EXPECT_EQ(Candidate::server_reflexive(kV6, kV6)->priority, 1694498815U);
    EXPECT_EQ(Candidate::relayed(kV4, Family::v4)->priority, 37748479U);
    EXPECT_EQ(Candidate::relayed(kV6, Family::v6)->priority, 37748735U);
}

TEST(Priority, OfRelaysThatTranslateFamilies) {
    EXPECT_EQ(Candidate::relayed(kV6, Family::v4)->priority, 37492735U);
    EXPECT_EQ(Candidate::relayed(kV4, Family::v6)->priority, 37492479U);
}

TEST(Priority, FallsWithEarlierSiblings) {
    EXPECT_EQ(behind_siblings(2130706175, 1), 2130705663U);
    EXPECT_EQ(behind_siblings(37748479, 0), 37748479U);
}

TEST(Priority, NeverLeavesItsTypeHoweverManySiblings) {
    EXPECT_EQ(behind_siblings(37748479, 1'000'000) >> 24, 2U);
}

TEST(Priority, InChecksIsThatOfAPeerReflexiveCandidate) {
    EXPECT_EQ(as_peer_reflexive(2130706175), 1862270719U);
    EXPECT_EQ(as_peer_reflexive(2130706431), 1862270975U);
    EXPECT_EQ(as_peer_reflexive(37748479), 1849687807U);
    EXPECT_EQ(as_peer_reflexive(37748735), 1849688063U);
    EXPECT_EQ(as_peer_reflexive(37492735), 1849432063U);
    EXPECT_EQ(as_peer_reflexive(37492479), 1849431807U);
}

TEST(Priority, OfPairs) {
    // 2^32 * MIN(G,D) + 2 * MAX(G,D) + (G > D ? 1 : 0), RFC 8445 6.1.2.3
    EXPECT_EQ(pair_priority(2, 1), (1ULL << 32) + 5);
    EXPECT_EQ(pair_priority(1, 2), (1ULL << 32) + 4);
    EXPECT_EQ(pair_priority(2130706175, 2130706175), 2130706175ULL * 4294967298ULL);
}

}  // namespace
}  // namespace fz::ice
