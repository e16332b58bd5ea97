#include "noise/tunnel.h"

#include <gtest/gtest.h>

#include "pair.h"

namespace fz::noise {
namespace {

using test::Pair;
using test::Side;

// 6.1, and 15 s instead of 90 s among Firezone peers; re-typed.
constexpr Duration kRetransmit = 5s, kJitter = 333ms;

/// What `side` has put on the wire since the last look, by type.
[[nodiscard]] std::vector<MessageType> sent(Side& side) {
    side.drain();
    std::vector<MessageType> types;
    for (const auto& datagram : side.outbox) types.push_back(classify(datagram.view()).value());
    side.outbox.clear();
    return types;
}

const std::vector kInitiation{MessageType::initiation};
const std::vector<MessageType> kNothing;

TEST(Tunnel, ShakesHandsAndBothHaveTheKeys) {
    Pair pair;
    pair.connect();
    ASSERT_EQ(pair.client.sessions.size(), 1u);
    ASSERT_EQ(pair.gateway.sessions.size(), 1u);
    const Keypair &c = pair.client.sessions[0], &g = pair.gateway.sessions[0];
    EXPECT_EQ(c.send_key, g.receive_key);
    EXPECT_EQ(c.receive_key, g.send_key);
    EXPECT_FALSE(c.send_key == c.receive_key);
    EXPECT_EQ(c.local_index, 0x00001001u);
    EXPECT_EQ(c.remote_index, g.local_index);
    EXPECT_EQ(g.local_index, 0x00002001u);
    EXPECT_EQ(g.remote_index, c.local_index);
    EXPECT_EQ(pair.client.uses, std::vector{Use::now});
    EXPECT_EQ(pair.gateway.uses, std::vector{Use::once_confirmed});
    EXPECT_EQ(pair.keepalives_sent, 1) << "the initiator confirms at once";
}

TEST(Tunnel, FailsWithoutTheSamePresharedKey) {
    Pair pair;
    Side other(1, pair.gateway.keys.public_key, test::seed(78), pair.now);
    other.tunnel.initiate(pair.now);
    other.drain();
    EXPECT_TRUE(pair.deliver(pair.gateway, other.outbox.at(0).view()));
    EXPECT_FALSE(pair.deliver(other, pair.gateway.outbox.at(0).view()));
    EXPECT_TRUE(other.sessions.empty());
}

TEST(Tunnel, SaysNothingByItself) {
    Pair pair;
    EXPECT_EQ(sent(pair.client), kNothing);
    EXPECT_EQ(pair.client.tunnel.poll_timeout(), test::kStart + 540s);
}

TEST(Tunnel, RepeatsAnUnansweredInitiationWithNewKeysAndIndex) {
    Pair pair;
    pair.client.tunnel.initiate(pair.now);
    pair.client.drain();
    const auto first = Initiation::parse(pair.client.outbox.at(0).view()).value();
    EXPECT_EQ(sent(pair.client), kInitiation);
    const Instant due = pair.client.tunnel.poll_timeout().value();
    EXPECT_GE(due, test::kStart + kRetransmit);
    EXPECT_LE(due, test::kStart + kRetransmit + kJitter);

    pair.now.instant = due - 1ns;
    pair.client.tunnel.handle_timeout(pair.now);
    EXPECT_EQ(sent(pair.client), kNothing) << "nothing before the deadline";
    pair.now.instant = due;
    pair.client.tunnel.handle_timeout(pair.now);
    pair.client.tunnel.handle_timeout(pair.now);
    pair.client.drain();
    ASSERT_EQ(pair.client.outbox.size(), 1u) << "once at the deadline";
    const auto second = Initiation::parse(pair.client.outbox.at(0).view()).value();
    EXPECT_NE(first.ephemeral, second.ephemeral);
    EXPECT_EQ(second.sender, first.sender + 1);
}

TEST(Tunnel, GivesUpAfterFifteenSecondsOfSilence) {
    Pair pair;
    pair.network_up = false;
    pair.client.tunnel.initiate(pair.now);
    pair.advance(15s - 1ns);
    EXPECT_FALSE(pair.client.over);
    pair.advance(1ns);
    EXPECT_TRUE(pair.client.over);
    EXPECT_FALSE(pair.client.tunnel.poll_timeout()) << "it has nothing more to say";
}

TEST(Tunnel, SurvivesALostInitiationAndALostResponse) {
    Pair pair;
    pair.network_up = false;
    pair.connect();
    pair.network_up = true;
    pair.advance(kRetransmit + kJitter);
    EXPECT_EQ(pair.client.sessions.size(), 1u);
    pair.advance(60s);
    EXPECT_FALSE(pair.client.over);
}

TEST(Tunnel, TakesALateResponseToTheInitiationBeforeTheLast) {
    Pair pair;
    pair.client.tunnel.initiate(pair.now);
    pair.client.drain();
    ASSERT_TRUE(pair.deliver(pair.gateway, pair.client.outbox.at(0).view()));
    const auto late = pair.gateway.outbox.at(0);
    pair.gateway.outbox.clear();
    pair.now.instant = pair.client.tunnel.poll_timeout().value();
    pair.client.tunnel.handle_timeout(pair.now);
    EXPECT_EQ(sent(pair.client).size(), 2u);
    EXPECT_TRUE(pair.deliver(pair.client, late.view()));
    EXPECT_EQ(pair.client.sessions.at(0).local_index, 0x00001001u);
    EXPECT_FALSE(pair.deliver(pair.client, late.view())) << "only once";
}

TEST(Tunnel, IgnoresAResponseTwoInitiationsLate) {
    Pair pair;
    pair.client.tunnel.initiate(pair.now);
    pair.client.drain();
    ASSERT_TRUE(pair.deliver(pair.gateway, pair.client.outbox.at(0).view()));
    for (int i = 0; i < 2; ++i) {
        pair.now.instant = pair.client.tunnel.poll_timeout().value();
        pair.client.tunnel.handle_timeout(pair.now);
    }
    EXPECT_FALSE(pair.deliver(pair.client, pair.gateway.outbox.at(0).view()));
}

TEST(Tunnel, RefusesReplayedAndOlderInitiations) {
    Pair pair;
    pair.client.tunnel.initiate(pair.now);
    pair.now.instant += 1s;
    pair.client.tunnel.initiate(pair.now);
    pair.client.drain();
    const auto older = pair.client.outbox.at(0), newer = pair.client.outbox.at(1);
    EXPECT_TRUE(pair.deliver(pair.gateway, newer.view()));
    pair.now.instant += 1s;
    EXPECT_FALSE(pair.deliver(pair.gateway, newer.view()));
    EXPECT_FALSE(pair.deliver(pair.gateway, older.view()));
    EXPECT_EQ(pair.gateway.sessions.size(), 1u);
}

TEST(Tunnel, AnswersAtMostOneInitiationIn20Milliseconds) {
    Pair pair;
    for (int i = 0; i < 3; ++i) {
        pair.client.tunnel.initiate(pair.now);
        pair.now.instant += 10ms;
    }
    pair.client.drain();
    pair.now.instant = test::kStart;
    EXPECT_TRUE(pair.deliver(pair.gateway, pair.client.outbox.at(0).view()));
    pair.now.instant += 20ms - 1ns;
    EXPECT_FALSE(pair.deliver(pair.gateway, pair.client.outbox.at(1).view()));
    pair.now.instant += 1ns;
    EXPECT_TRUE(pair.deliver(pair.gateway, pair.client.outbox.at(2).view()));
}

TEST(Tunnel, TimestampsGrowAlthoughTheClockIsSetBack) {
    Pair pair;
    pair.connect();
    pair.now.unix -= 24h;
    pair.now.instant += 1s;
    pair.client.tunnel.initiate(pair.now);
    pair.drive();
    EXPECT_EQ(pair.gateway.sessions.size(), 2u);
}

TEST(Tunnel, RefusesSomebodyElsesInitiation) {
    Pair pair;
    Side stranger(3, pair.gateway.keys.public_key, Pair::kPsk, pair.now);
    stranger.tunnel.initiate(pair.now);
    stranger.drain();
    EXPECT_FALSE(pair.deliver(pair.gateway, stranger.outbox.at(0).view()));
}

TEST(Tunnel, SuppressesAHandshakeSoonAfterAnother) {
    Pair pair;
    pair.connect();
    pair.advance(20s - 1ns);
    pair.client.tunnel.initiate(pair.now, 20s);
    EXPECT_EQ(sent(pair.client), kNothing);
    pair.advance(1ns);
    pair.client.tunnel.initiate(pair.now, 20s);
    EXPECT_EQ(sent(pair.client), kInitiation);
}

TEST(Tunnel, AWaitingPacketStartsOneHandshake) {
    Pair pair;
    pair.gateway.tunnel.want_session(pair.now);
    pair.gateway.tunnel.want_session(pair.now);
    EXPECT_EQ(sent(pair.gateway), kInitiation);
    pair.now.instant += 3s;
    pair.gateway.tunnel.want_session(pair.now);
    EXPECT_EQ(sent(pair.gateway), kNothing);
}

TEST(Tunnel, AWaitingPacketDoesNotCounterAHandshakeJustAnswered) {
    Pair pair;
    pair.client.tunnel.initiate(pair.now);
    pair.client.drain();
    ASSERT_TRUE(pair.deliver(pair.gateway, pair.client.outbox.at(0).view()));
    pair.gateway.outbox.clear();
    pair.gateway.tunnel.want_session(pair.now);
    EXPECT_EQ(sent(pair.gateway), kNothing);
    pair.now.instant += 5s;  // the response was lost, then
    pair.gateway.tunnel.want_session(pair.now);
    EXPECT_EQ(sent(pair.gateway), kInitiation);
}

TEST(Tunnel, InitiatorRekeysWhenItSendsAfterTwoMinutes) {
    Pair pair;
    pair.connect();
    pair.advance(120s - 1ns);
    pair.send_data(pair.client, pair.gateway);
    EXPECT_EQ(pair.client.sessions.size(), 1u);
    pair.advance(1ns);
    pair.send_data(pair.client, pair.gateway);
    EXPECT_EQ(pair.client.sessions.size(), 2u);
    EXPECT_EQ(pair.gateway.sessions.size(), 2u);
}

TEST(Tunnel, InitiatorRekeysWhenItReceivesAfter165Seconds) {
    Pair pair;
    pair.connect();
    pair.advance(165s - 1ns);
    pair.send_data(pair.gateway, pair.client);
    EXPECT_EQ(pair.client.sessions.size(), 1u);
    pair.advance(1ns);
    pair.send_data(pair.gateway, pair.client);
    EXPECT_EQ(pair.client.sessions.size(), 2u);
}

TEST(Tunnel, ResponderLeavesRekeyingToTheInitiator) {
    Pair pair;
    pair.connect();
    pair.advance(170s);
    pair.gateway.tunnel.on_data_sent(pair.now);
    pair.gateway.tunnel.on_data_received(pair.now);
    EXPECT_EQ(sent(pair.gateway), kNothing);
}

TEST(Tunnel, SessionsExpireAt180SecondsAndIdlePeersRekey) {
    Pair pair;
    pair.connect();
    pair.advance(180s - 1ns);
    EXPECT_TRUE(pair.client.expired.empty());
    pair.advance(1ns);
    EXPECT_EQ(pair.client.expired, std::vector{0x00001001u});
    EXPECT_EQ(pair.gateway.expired, std::vector{0x00002001u});
    EXPECT_EQ(pair.client.sessions.size(), 1u) << "a new one without any traffic";
    pair.advance(1h);
    EXPECT_FALSE(pair.client.over || pair.gateway.over);
    EXPECT_EQ(pair.client.sessions.size(), 1u);
}

TEST(Tunnel, IsOver540SecondsAfterTheLastHandshake) {
    Pair pair;
    pair.connect();
    pair.network_up = false;
    pair.advance(540s - 1ns);
    EXPECT_TRUE(pair.gateway.sessions.empty());
    EXPECT_FALSE(pair.gateway.over);
    pair.advance(1ns);
    EXPECT_TRUE(pair.gateway.over);
}

TEST(Tunnel, AKeepaliveAnswersDataAfterTenSecondsOfSilence) {
    Pair pair;
    pair.connect();
    pair.keepalives_sent = 0;
    pair.send_data(pair.client, pair.gateway);
    pair.advance(4s);
    pair.send_data(pair.client, pair.gateway);  // does not put it off
    pair.advance(6s - 1ns);
    EXPECT_EQ(pair.keepalives_sent, 0);
    pair.advance(1ns);
    EXPECT_EQ(pair.keepalives_sent, 1);
    pair.advance(60s);
    EXPECT_EQ(pair.keepalives_sent, 1) << "keep-alives do not answer each other";
    EXPECT_EQ(pair.client.sessions.size(), 1u);
}

TEST(Tunnel, AnyPacketSentSparesTheKeepalive) {
    Pair pair;
    pair.connect();
    pair.keepalives_sent = 0;
    pair.send_data(pair.client, pair.gateway);
    pair.advance(9s);
    pair.send_data(pair.gateway, pair.client);
    pair.advance(9s);
    EXPECT_EQ(pair.keepalives_sent, 0);
}

TEST(Tunnel, DataWithoutAnAnswerFor15SecondsStartsAHandshake) {
    Pair pair;
    pair.connect();
    pair.gateway.tunnel.on_data_sent(pair.now);
    pair.now.instant += 10s;
    pair.gateway.tunnel.on_data_sent(pair.now);  // does not put it off
    const Instant due = pair.gateway.tunnel.poll_timeout().value();
    EXPECT_GE(due, test::kStart + 15s);
    EXPECT_LE(due, test::kStart + 15s + kJitter);
    pair.now.instant = due;
    pair.gateway.tunnel.handle_timeout(pair.now);
    EXPECT_EQ(sent(pair.gateway), kInitiation);
}

TEST(Tunnel, AKeepaliveReceivedIsAnAnswer) {
    Pair pair;
    pair.connect();
    pair.gateway.tunnel.on_data_sent(pair.now);
    pair.gateway.tunnel.on_keepalive_received();
    EXPECT_EQ(pair.gateway.tunnel.poll_timeout(), test::kStart + 180s);
}

TEST(Tunnel, AVanishedPeerIsNoticedBySendingToIt) {
    Pair pair;
    pair.connect();
    pair.network_up = false;
    pair.gateway.tunnel.on_data_sent(pair.now);
    pair.advance(30s);
    EXPECT_FALSE(pair.gateway.over);
    pair.advance(kJitter);
    EXPECT_TRUE(pair.gateway.over);
}

TEST(Tunnel, BothMayInitiateAtOnce) {
    Pair pair;
    pair.client.tunnel.initiate(pair.now);
    pair.gateway.tunnel.initiate(pair.now);
    pair.drive();
    EXPECT_EQ(pair.client.sessions.size(), 2u);
    EXPECT_EQ(pair.gateway.sessions.size(), 2u);
    pair.advance(60s);
    EXPECT_FALSE(pair.client.over || pair.gateway.over);
}

TEST(Tunnel, AConfirmedSessionEndsOurOwnAttempt) {
    Pair pair;
    pair.gateway.tunnel.initiate(pair.now);
    EXPECT_EQ(sent(pair.gateway), kInitiation);  // and it is lost
    pair.connect();
    EXPECT_EQ(pair.gateway.tunnel.poll_timeout(), test::kStart + 180s);
}

TEST(Tunnel, RemembersTheLastHandshakeThatBothHaveFinished) {
    Pair pair;
    pair.client.tunnel.initiate(pair.now);
    pair.client.drain();
    EXPECT_TRUE(pair.deliver(pair.gateway, pair.client.outbox.at(0).view()));
    EXPECT_EQ(pair.gateway.tunnel.last_handshake(), std::nullopt) << "its response may be lost";
    EXPECT_EQ(pair.client.tunnel.last_handshake(), std::nullopt);
    pair.client.outbox.clear();
    pair.drive();
    EXPECT_EQ(pair.gateway.tunnel.last_handshake(), test::kStart);
    EXPECT_EQ(pair.client.tunnel.last_handshake(), test::kStart);
    pair.network_up = false;
    pair.advance(190s);
    EXPECT_EQ(pair.gateway.tunnel.last_handshake(), test::kStart) << "its session is over";
}

TEST(Tunnel, LivesThroughAThousandHandshakesInItsOwnIndexSpace) {
    Pair pair;
    for (int i = 0; i < 1000; ++i) {
        pair.now.instant += 1s;
        pair.connect();
        EXPECT_EQ(pair.client.sessions.back().local_index >> 8, 0x10u);
        std::set<std::uint32_t> places;
        for (const Keypair& keypair : pair.client.sessions)
            EXPECT_TRUE(places.insert(keypair.local_index % 8).second);
    }
    EXPECT_EQ(pair.client.sessions.size(), 8u);
}

TEST(Tunnel, UsesACookieForItsNextInitiation) {
    Pair pair;
    crypto::Random random(test::seed(5));
    CookieMaker maker(pair.gateway.keys.public_key, random);
    const wire::SocketAddr source{wire::IpAddr::v4(192, 0, 2, 1), 1};
    pair.client.tunnel.initiate(pair.now);
    pair.client.drain();
    const auto reply = maker.reply(pair.client.outbox.at(0).view(), source, pair.now.instant);
    EXPECT_TRUE(pair.deliver(pair.client, reply.view()));
    pair.client.outbox.clear();
    EXPECT_EQ(sent(pair.client), kNothing) << "it waits for its turn";
    pair.now.instant = pair.client.tunnel.poll_timeout().value();
    pair.client.tunnel.handle_timeout(pair.now);
    pair.client.drain();
    EXPECT_EQ(maker.check(pair.client.outbox.at(0).view(), source, pair.now.instant),
              CookieMaker::Proof::mac1_and_mac2);
}

TEST(Tunnel, SurvivesHeavyLoss) {
    crypto::Random dice(test::seed(42));
    Pair pair;
    pair.client.tunnel.initiate(pair.now);
    for (int second = 0; second < 3600; ++second) {
        pair.network_up = dice.below(10) < 7;  // whole seconds are lost, three in ten
        pair.advance(1s);
        if (pair.client.sessions.empty()) pair.client.tunnel.want_session(pair.now);
        pair.send_data(pair.client, pair.gateway);
        pair.send_data(pair.gateway, pair.client);
        if (pair.client.over || pair.gateway.over) break;
    }
    EXPECT_FALSE(pair.gateway.over);
    EXPECT_FALSE(pair.client.sessions.empty());
}

}  // namespace
}  // namespace fz::noise
