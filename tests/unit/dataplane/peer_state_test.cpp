#include "dataplane/peer_state.h"

#include <gtest/gtest.h>

#include "unit/dataplane/one_client.h"

namespace fz::dataplane {
namespace {

using test::gateway_keys;

class PeerStateTest : public ::testing::Test {
  protected:
    Session* install(std::uint32_t counter, Instant at, PeerState::Use use,
                     noise::Role role = noise::Role::responder) {
        noise::Keypair keys = gateway_keys(counter, at);
        keys.role = role;
        auto session = std::make_unique<Session>(keys);
        Session* raw = session.get();
        peer.install(std::move(session), use, graveyard);
        return raw;
    }

    const Instant t{1000s};
    Graveyard graveyard;
    PeerState peer{test::kSlot};
};

TEST_F(PeerStateTest, FindsASessionByItsWholeIndexOnly) {
    Session* session = install(1, t, PeerState::Use::now);
    EXPECT_EQ(peer.session(test::kSlot << 8 | 1), session);
    EXPECT_EQ(peer.session(test::kSlot << 8 | 9), nullptr);  // the same place of eight
    EXPECT_EQ(peer.session((test::kSlot + 1) << 8 | 1), nullptr);
}

TEST_F(PeerStateTest, AResponderSendsOnlyAfterTheInitiatorDid) {
    Session* session = install(1, t, PeerState::Use::once_confirmed);
    EXPECT_EQ(peer.sending(), nullptr);
    EXPECT_TRUE(peer.confirm(*session));
    EXPECT_EQ(peer.sending(), session);
    EXPECT_FALSE(peer.confirm(*session));  // only the first packet is news
}

TEST_F(PeerStateTest, ALatePacketOnAnOlderSessionDoesNotSwitchBack) {
    Session* old = install(1, t, PeerState::Use::once_confirmed);
    Session* fresh = install(2, t + 1s, PeerState::Use::once_confirmed);
    ASSERT_TRUE(peer.confirm(*fresh));
    EXPECT_FALSE(peer.confirm(*old));
    EXPECT_EQ(peer.sending(), fresh);
}

TEST_F(PeerStateTest, AnInitiatorSendsAtOnce) {
    Session* session = install(1, t, PeerState::Use::now, noise::Role::initiator);
    EXPECT_EQ(peer.sending(), session);
}

TEST_F(PeerStateTest, AWithdrawnSessionIsNeitherFoundNorSentWith) {
    install(1, t, PeerState::Use::now);
    peer.withdraw(test::kSlot << 8 | 1, graveyard);
    EXPECT_EQ(peer.session(test::kSlot << 8 | 1), nullptr);
    EXPECT_EQ(peer.sending(), nullptr);
    EXPECT_EQ(graveyard.size(), 1U);  // workers may still read it
}

TEST_F(PeerStateTest, WithdrawingAReplacedIndexTouchesNothing) {
    install(1, t, PeerState::Use::now);
    Session* successor = install(9, t + 1s, PeerState::Use::now);  // same place
    peer.withdraw(test::kSlot << 8 | 1, graveyard);
    EXPECT_EQ(peer.sending(), successor);
}

TEST_F(PeerStateTest, AnUnchangedPathIsNotPublishedAgain) {
    const Path path{.destination = test::socket("192.0.2.1:1"), .source = {}, .channel = {}};
    peer.set_path(path, graveyard);
    const Path* published = peer.path();
    peer.set_path(path, graveyard);
    EXPECT_EQ(peer.path(), published);
    EXPECT_EQ(graveyard.size(), 0U);
}

}  // namespace
}  // namespace fz::dataplane
