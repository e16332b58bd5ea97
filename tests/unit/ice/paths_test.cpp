// Which way two agents agree on, and how they find another one when the network changes.
#include <gtest/gtest.h>

#include "network.h"

namespace fz::ice::test {
namespace {

constexpr std::string_view kGateway = "192.0.2.1:52625";
constexpr std::string_view kGatewayRelay = "198.51.100.7:50001";
constexpr std::string_view kClient = "10.0.0.2:52625";
constexpr std::string_view kClientOutside = "203.0.113.9:41000";
constexpr std::string_view kClientRebound = "203.0.113.9:41001";
constexpr std::string_view kClientRelay = "198.51.100.8:50001";

struct Paths : ::testing::Test {
    Network net;
    Peer& client = net.client;
    Peer& gateway = net.gateway;

    void direct() {
        net.add_host(gateway, client, kGateway);
        net.add_host(client, gateway, kClient);
    }
    void relayed() {
        net.add_relay(gateway, client, kGatewayRelay);
        net.add_relay(client, gateway, kClientRelay);
    }
    void behind_nat() { net.nat[at(kClient)] = at(kClientOutside); }
};

TEST_F(Paths, DirectWithinTwoRoundTrips) {
    direct();
    net.run_for(90ms);
    ASSERT_TRUE(client.selected() && gateway.selected());
    EXPECT_EQ(client.selected()->local, at(kClient));
    EXPECT_EQ(client.selected()->remote, at(kGateway));
    EXPECT_EQ(gateway.selected()->local, at(kGateway));
    EXPECT_EQ(gateway.selected()->remote, at(kClient));
    EXPECT_EQ(gateway.selected()->remote_kind, CandidateKind::host);
    EXPECT_EQ(gateway.agent.state(), State::completed);
}

TEST_F(Paths, EveryCheckOfANominatedPairCarriesUseCandidate) {
    direct();
    net.run_for(1s);
    client.sent.clear();
    net.run_for(30s);
    std::size_t requests = 0;
    for (const Peer::Sent& sent : client.sent) {
        if (sent.cls != stun::Class::request) continue;
        ++requests;
        EXPECT_TRUE(sent.nominates);
    }
    EXPECT_EQ(requests, 20U);
}

TEST_F(Paths, ThroughNatByAPeerReflexiveCandidate) {
    behind_nat();
    direct();
    net.run_for(1s);
    ASSERT_TRUE(gateway.selected());
    EXPECT_EQ(gateway.selected()->remote, at(kClientOutside));
    EXPECT_EQ(gateway.selected()->remote_kind, CandidateKind::prflx);
}

TEST_F(Paths, LateSignallingNamesAPeerReflexiveCandidateInPlace) {
    behind_nat();
    direct();
    net.run_for(1s);
    const std::size_t checks = gateway.sent.size();
    net.signal_srflx(gateway, kClientOutside, kClient);
    net.run_for(100ms);
    EXPECT_EQ(gateway.selected()->remote, at(kClientOutside));
    EXPECT_EQ(gateway.selected()->remote_kind, CandidateKind::srflx);
    EXPECT_LE(gateway.sent.size(), checks + 4);
}

TEST_F(Paths, KnowTheRoundTripOfThePairInUse) {
    direct();
    EXPECT_EQ(gateway.agent.round_trip(), std::nullopt);
    net.run_for(5s);
    EXPECT_EQ(gateway.agent.round_trip(), 40ms);
    EXPECT_EQ(client.agent.round_trip(), 40ms);
    net.latency = 70ms;
    net.run_for(5s);
    EXPECT_EQ(gateway.agent.round_trip(), 140ms);
    net.loss_percent = 30;
    net.run_for(5s);
    EXPECT_EQ(gateway.agent.round_trip(), 140ms) << "what is lost is not measured";
}

TEST_F(Paths, ADirectPathReplacesARelayedOneWhenItAppears) {
    relayed();
    net.run_for(1s);
    EXPECT_EQ(gateway.selected()->local_kind, CandidateKind::relay);
    EXPECT_EQ(gateway.selected()->remote_kind, CandidateKind::relay);
    direct();
    net.run_for(200ms);
    EXPECT_EQ(gateway.selected()->remote, at(kClient));
    EXPECT_EQ(client.selected()->remote, at(kGateway));
    EXPECT_EQ(gateway.agent.state(), State::connected);
}

TEST_F(Paths, RelayedWhenTheDirectPathIsBlocked) {
    net.block(kClient);
    direct();
    relayed();
    net.run_for(20s);
    EXPECT_EQ(client.selected()->local, at(kClientRelay));
    EXPECT_EQ(gateway.selected()->remote, at(kClientRelay));
    net.run_for(10min);
    EXPECT_EQ(gateway.selected()->remote, at(kClientRelay));
}

TEST_F(Paths, HeavyLossDelaysButDoesNotPrevent) {
    net.loss_percent = 50;
    direct();
    relayed();
    net.run_for(15s);
    EXPECT_TRUE(client.selected());
    EXPECT_TRUE(gateway.selected());
}

TEST_F(Paths, OnePercentLossMovesNothing) {
    direct();
    relayed();
    net.run_for(2s);
    gateway.events.clear();
    client.events.clear();
    net.loss_percent = 1;
    net.run_for(1min);
    EXPECT_TRUE(gateway.events.empty());
    EXPECT_TRUE(client.events.empty());
}

TEST_F(Paths, AVanishedPeerIsDisconnectedAfterSixteenToEighteenSeconds) {
    direct();
    net.run_for(30s);
    const Instant vanished = net.now;
    net.block(kClient);
    net.run_for(1min);
    const Duration took = *gateway.entered(State::disconnected) - vanished;
    EXPECT_GE(took, 16460ms);
    EXPECT_LE(took, 18s);
}

TEST_F(Paths, IdleProfileChecksEvery25SecondsAndGivesUpAfter100) {
    direct();
    net.run_for(30s);
    for (Peer* peer : {&client, &gateway}) peer->agent.set_timing(kIdleTiming, net.now);
    net.run_for(200s);
    gateway.sent.clear();
    net.run_for(100s);
    EXPECT_EQ(std::count_if(gateway.sent.begin(), gateway.sent.end(),
                            [](const auto& sent) { return sent.cls == stun::Class::request; }),
              4);
    const Instant vanished = net.now;
    net.block(kClient);
    net.run_for(200s);
    const Duration took = *gateway.entered(State::disconnected) - vanished;
    EXPECT_GE(took, 100s - net.latency * 2);
    EXPECT_LE(took, 125s);
}

TEST_F(Paths, WakingUpChecksAtOnce) {
    direct();
    net.run_for(30s);
    for (Peer* peer : {&client, &gateway}) peer->agent.set_timing(kIdleTiming, net.now);
    net.run_for(110s);
    gateway.sent.clear();
    gateway.agent.set_timing(kDefaultTiming, net.now);
    net.run_for(0s);
    EXPECT_EQ(gateway.sent.size(), 1U);
}

TEST_F(Paths, WithdrawnRelaysLeaveTheDirectPathAlone) {
    direct();
    relayed();
    net.run_for(2s);
    const auto withdrawn = client.agent.remove_local_candidate(at(kClientRelay), net.now);
    gateway.agent.remove_remote_candidate(*withdrawn, net.now);
    gateway.events.clear();
    net.run_for(30s);
    EXPECT_EQ(gateway.selected(), std::nullopt);  // nothing new was selected
    EXPECT_NE(gateway.agent.state(), State::disconnected);
}

TEST_F(Paths, WithdrawnSelectedRelayMovesToTheNextNominatedPair) {
    net.add_relay(client, gateway, kClientRelay);
    net.add_host(gateway, client, kGateway);
    relayed();
    net.run_for(5s);
    ASSERT_EQ(gateway.selected()->local, at(kGateway));
    gateway.agent.remove_local_candidate(at(kGateway), net.now);
    net.run_for(5s);
    EXPECT_EQ(gateway.selected()->local, at(kGatewayRelay));
}

TEST_F(Paths, ReboundNatIsFollowedFromASignalledAddress) {
    behind_nat();
    net.add_host(gateway, client, kGateway);
    net.signal_srflx(gateway, kClientOutside, kClient);
    client.agent.add_local_candidate(*Candidate::host(at(kClient)), net.now);
    net.run_for(30s);
    ASSERT_EQ(gateway.selected()->remote_kind, CandidateKind::srflx);
    net.nat[at(kClient)] = at(kClientRebound);
    net.run_for(1600ms);
    EXPECT_EQ(gateway.selected()->remote, at(kClientRebound));
}

TEST_F(Paths, ReboundNatIsFollowedFromALearnedAddressOfEqualPriority) {
    behind_nat();
    direct();
    net.run_for(30s);
    ASSERT_EQ(gateway.selected()->remote, at(kClientOutside));
    net.nat[at(kClient)] = at(kClientRebound);
    net.run_for(1500ms + 750ms + 100ms);
    EXPECT_EQ(gateway.selected()->remote, at(kClientRebound));
    net.run_for(1min);
    EXPECT_EQ(gateway.selected()->remote, at(kClientRebound));
}

TEST_F(Paths, ReboundNatIsFollowedFromAHostAddressOfHigherPriority) {
    direct();
    net.run_for(30s);
    ASSERT_EQ(gateway.selected()->remote_kind, CandidateKind::host);
    net.nat[at(kClient)] = at(kClientRebound);
    net.run_for(1500ms + 750ms + 100ms);
    EXPECT_EQ(gateway.selected()->remote, at(kClientRebound));
}

TEST_F(Paths, ReboundNatIsFollowedWhileIdle) {
    behind_nat();
    direct();
    net.run_for(30s);
    for (Peer* peer : {&client, &gateway}) peer->agent.set_timing(kIdleTiming, net.now);
    net.nat[at(kClient)] = at(kClientRebound);
    net.run_for(25s + 750ms + 100ms);
    EXPECT_EQ(gateway.selected()->remote, at(kClientRebound));
}

TEST_F(Paths, ABrokenDirectPathFailsOverToTheRelayAndComesBack) {
    relayed();
    net.run_for(1s);
    direct();
    net.run_for(10s);
    ASSERT_EQ(gateway.selected()->remote, at(kClient));
    net.block(kClient);
    net.run_for(4s);
    EXPECT_EQ(gateway.selected()->remote, at(kClientRelay));
    EXPECT_EQ(client.selected()->local, at(kClientRelay));
    net.blocked.clear();
    net.run_for(2s);
    EXPECT_EQ(gateway.selected()->remote, at(kClient));
    EXPECT_EQ(client.selected()->local, at(kClient));
}

TEST_F(Paths, ASecondNominationOfLowerPriorityDoesNotDisplaceAPathThatWorks) {
    direct();
    net.run_for(10s);
    // The relayed pair works as well, and is nominated by a client that means to keep both.
    relayed();
    gateway.events.clear();
    net.run_for(1min);
    EXPECT_EQ(gateway.selected(), std::nullopt);
}

TEST_F(Paths, BothFamiliesWorkAndIpv6Wins) {
    direct();
    net.add_host(gateway, client, "[2001:db8::1]:52625");
    net.add_host(client, gateway, "[2001:db8::2]:52625");
    net.run_for(1s);
    EXPECT_EQ(gateway.selected()->remote, at("[2001:db8::2]:52625"));
    EXPECT_EQ(client.selected()->remote, at("[2001:db8::1]:52625"));
}

}  // namespace
}  // namespace fz::ice::test
