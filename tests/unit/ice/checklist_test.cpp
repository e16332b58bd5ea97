#include "ice/checklist.h"

#include <gtest/gtest.h>

namespace fz::ice {
namespace {

constexpr Instant kStart{1h};

PairEnd end(CandidateKind kind, std::string_view address, std::uint32_t priority) {
    return {kind, *wire::SocketAddr::parse(address), priority};
}
const PairEnd kLocal = end(CandidateKind::host, "10.0.0.1:52625", 2130706175);

TEST(Checklist, PairsOnlyWithinAFamily) {
    Checklist list(Role::controlled);
    list.insert(kLocal, end(CandidateKind::host, "[2001:db8::1]:1", 7), kStart);
    EXPECT_TRUE(list.pairs().empty());
    EXPECT_FALSE(list.ever_paired());
}

TEST(Checklist, KeepsTheBestFirst) {
    Checklist list(Role::controlled);
    list.insert(kLocal, end(CandidateKind::relay, "192.0.2.1:1", 37748479), kStart);
    list.insert(kLocal, end(CandidateKind::host, "192.0.2.2:1", 2130706175), kStart);
    EXPECT_EQ(list.pairs()[0].remote.kind, CandidateKind::host);
    EXPECT_EQ(list.pairs()[1].remote.kind, CandidateKind::relay);
}

TEST(Checklist, BothEndsAgreeOnThePriority) {
    Checklist ours(Role::controlled);
    Checklist theirs(Role::controlling);
    const PairEnd remote = end(CandidateKind::srflx, "192.0.2.1:1", 1694498559);
    ours.insert(kLocal, remote, kStart);
    theirs.insert(remote, kLocal, kStart);
    EXPECT_EQ(ours.pairs()[0].priority, theirs.pairs()[0].priority);
}

TEST(Checklist, ARedundantPairOfHigherPriorityInheritsChecksAndNomination) {
    Checklist list(Role::controlled);
    const stun::TransactionId id{};
    list.insert(kLocal, end(CandidateKind::srflx, "192.0.2.1:1", 1694498559), kStart);
    list.pairs()[0].checks.sent(id, kDefaultTiming, kStart);
    list.pairs()[0].nomination = Nomination::nominated;

    list.insert(kLocal, end(CandidateKind::host, "192.0.2.1:1", 2130706175), kStart + 1s);

    ASSERT_EQ(list.pairs().size(), 1U);
    EXPECT_EQ(list.pairs()[0].remote.kind, CandidateKind::host);
    EXPECT_TRUE(list.pairs()[0].nominated());
    EXPECT_TRUE(list.awaits(id));
}

TEST(Checklist, ARedundantPairOfLowerPriorityChangesNothing) {
    Checklist list(Role::controlled);
    list.insert(kLocal, end(CandidateKind::host, "192.0.2.1:1", 2130706175), kStart);
    list.insert(kLocal, end(CandidateKind::srflx, "192.0.2.1:1", 1694498559), kStart);
    ASSERT_EQ(list.pairs().size(), 1U);
    EXPECT_EQ(list.pairs()[0].remote.kind, CandidateKind::host);
}

TEST(Checklist, ASignalledCandidateReplacesALearnedOneInPlace) {
    Checklist list(Role::controlled);
    list.insert(kLocal, end(CandidateKind::prflx, "192.0.2.1:1", 1862270719), kStart);
    list.pairs()[0].nomination = Nomination::nominated;
    list.insert(kLocal, end(CandidateKind::relay, "192.0.2.1:1", 37748479), kStart);
    ASSERT_EQ(list.pairs().size(), 1U);
    EXPECT_EQ(list.pairs()[0].remote.kind, CandidateKind::relay);
    EXPECT_TRUE(list.pairs()[0].nominated());
}

TEST(Checklist, HoldsAHundredPairsAndDropsTheWorstThatIsNotNominated) {
    Checklist list(Role::controlled);
    list.insert(kLocal, end(CandidateKind::relay, "192.0.2.1:1", 1), kStart);
    list.pairs()[0].nomination = Nomination::nominated;
    for (std::uint16_t port = 1; port <= 300; ++port) {
        PairEnd remote = end(CandidateKind::host, "192.0.2.2:1", 1000U + port);
        remote.address.port = port;
        list.insert(kLocal, remote, kStart);
    }
    ASSERT_EQ(list.pairs().size(), 100U);
    EXPECT_TRUE(list.pairs().back().nominated());
    EXPECT_EQ(list.pairs()[98].remote.priority, 1202U);
}

TEST(Checklist, DropsAFailedPair) {
    Checklist list(Role::controlled);
    list.insert(kLocal, end(CandidateKind::host, "192.0.2.1:1", 5), kStart);
    while (list.due() < kStart + 15s) list.pairs()[0].checks.sent({}, kDefaultTiming, *list.due());
    list.prune(kDefaultTiming, kStart + 15s);
    EXPECT_EQ(list.pairs().size(), 1U);
    list.prune(kDefaultTiming, kStart + 15250ms);
    EXPECT_TRUE(list.pairs().empty());
    EXPECT_TRUE(list.ever_paired());
}

}  // namespace
}  // namespace fz::ice
