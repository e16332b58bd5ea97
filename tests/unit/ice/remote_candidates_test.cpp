#include "ice/remote_candidates.h"

#include <gtest/gtest.h>

namespace fz::ice {
namespace {

PairEnd end(CandidateKind kind, std::string_view address) {
    return {kind, *wire::SocketAddr::parse(address), 1};
}

TEST(RemoteCandidates, GuessAForwardedPort) {
    RemoteCandidates remotes;
    remotes.add(end(CandidateKind::host, "10.0.0.5:52625"));
    EXPECT_TRUE(remotes.guesses().empty());
    remotes.add(end(CandidateKind::srflx, "203.0.113.9:41000"));
    const auto guesses = remotes.guesses();
    ASSERT_EQ(guesses.size(), 1U);
    EXPECT_EQ(guesses[0].kind, CandidateKind::srflx);
    EXPECT_EQ(guesses[0].address, *wire::SocketAddr::parse("203.0.113.9:52625"));
    EXPECT_EQ(guesses[0].priority, 1694498559U);
}

TEST(RemoteCandidates, GuessNothingThatIsKnown) {
    RemoteCandidates remotes;
    remotes.add(end(CandidateKind::host, "10.0.0.5:52625"));
    remotes.add(end(CandidateKind::srflx, "203.0.113.9:52625"));
    EXPECT_TRUE(remotes.guesses().empty());
}

TEST(RemoteCandidates, GuessTwoAtATime) {
    RemoteCandidates remotes;
    for (const char* host : {"10.0.0.5:1001", "10.0.0.6:1002", "10.0.0.7:1003"})
        remotes.add(end(CandidateKind::host, host));
    remotes.add(end(CandidateKind::srflx, "203.0.113.9:41000"));
    EXPECT_EQ(remotes.guesses().size(), 2U);
}

TEST(RemoteCandidates, GuessOnlyForIpv4) {
    RemoteCandidates remotes;
    remotes.add(end(CandidateKind::host, "[fd00::5]:52625"));
    remotes.add(end(CandidateKind::srflx, "[2001:db8::9]:41000"));
    EXPECT_TRUE(remotes.guesses().empty());
}

TEST(RemoteCandidates, ALearnedOneGivesWayToASignalledOne) {
    RemoteCandidates remotes;
    remotes.add(end(CandidateKind::prflx, "203.0.113.9:41000"));
    remotes.add(end(CandidateKind::srflx, "203.0.113.9:41000"));
    ASSERT_EQ(remotes.all().size(), 1U);
    EXPECT_EQ(remotes.all()[0].kind, CandidateKind::srflx);
}

TEST(RemoteCandidates, OnlyAWithdrawnRelayIsBarredUntilSignalledAgain) {
    RemoteCandidates remotes;
    const PairEnd relay = end(CandidateKind::relay, "198.51.100.7:50001");
    const PairEnd srflx = end(CandidateKind::srflx, "203.0.113.9:41000");
    for (const PairEnd& remote : {relay, srflx}) {
        remotes.add(remote);
        remotes.remove(remote.address, remote.kind);
    }
    EXPECT_TRUE(remotes.all().empty());
    EXPECT_TRUE(remotes.barred(relay.address));
    EXPECT_FALSE(remotes.barred(srflx.address));
    remotes.add(relay);
    EXPECT_FALSE(remotes.barred(relay.address));
}

TEST(RemoteCandidates, WithdrawingOneKindKeepsTheOtherAtTheSameAddress) {
    RemoteCandidates remotes;
    remotes.add(end(CandidateKind::host, "203.0.113.9:52625"));
    remotes.add(end(CandidateKind::srflx, "203.0.113.9:52625"));
    remotes.remove(*wire::SocketAddr::parse("203.0.113.9:52625"), CandidateKind::srflx);
    ASSERT_EQ(remotes.all().size(), 1U);
    EXPECT_EQ(remotes.all()[0].kind, CandidateKind::host);
}

TEST(RemoteCandidates, TheOldestUnusedOneMakesRoom) {
    RemoteCandidates remotes;
    for (std::uint16_t port = 1; port <= RemoteCandidates::kMaxRemotes; ++port)
        remotes.add({CandidateKind::prflx, {wire::IpAddr::v4(192, 0, 2, 1), port}, 1});
    EXPECT_FALSE(remotes.make_room([](const auto&) { return true; }));
    EXPECT_TRUE(remotes.make_room([](const auto& address) { return address.port == 1; }));
    EXPECT_EQ(remotes.all().size(), RemoteCandidates::kMaxRemotes - 1);
    EXPECT_EQ(remotes.all()[0].address.port, 1);
    EXPECT_EQ(remotes.all()[1].address.port, 3);
}

}  // namespace
}  // namespace fz::ice
