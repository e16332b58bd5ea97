// The tables of the packet path: slots, tunnel addresses, relays, and what waits to be freed.
#include <gtest/gtest.h>

#include "dataplane/directory.h"
#include "unit/dataplane/one_client.h"

namespace fz::dataplane {
namespace {

TEST(SlotTable, FindsWhatWasSetUpToTheLastKey) {
    SlotTable<int> table;
    int a = 1, b = 2;
    table.set(0, &a);
    table.set(SlotTable<int>::kKeys - 1, &b);
    EXPECT_EQ(table.find(0), &a);
    EXPECT_EQ(table.find(1), nullptr);
    EXPECT_EQ(table.find(SlotTable<int>::kKeys - 1), &b);
    EXPECT_EQ(table.find(0x800000), nullptr);  // a part of the key space never touched
    table.set(0, nullptr);
    EXPECT_EQ(table.find(0), nullptr);
}

TEST(Graveyard, FreesOnlyWhenCleared) {
    struct Witness {
        explicit Witness(bool& flag) : freed(flag) {}
        ~Witness() { freed = true; }
        bool& freed;
    };
    bool freed = false;
    Graveyard graveyard;
    graveyard.bury(std::make_unique<Witness>(freed));
    EXPECT_FALSE(freed);
    graveyard.clear();
    EXPECT_TRUE(freed);
}

TEST(Directory, AnAddressOutsideTheTunnelRangesHasNoPeer) {
    Directory directory;
    PeerState peer(1);
    directory.assign(test::ip("10.0.0.1"), peer);
    EXPECT_EQ(directory.peer_of_address(test::ip("10.0.0.1")), nullptr);
    // Same 21 host bits as 100.64.0.5, another range.
    directory.assign(test::ip("100.64.0.5"), peer);
    EXPECT_EQ(directory.peer_of_address(test::ip("100.64.0.5")), &peer);
    EXPECT_EQ(directory.peer_of_address(test::ip("100.96.0.5")), nullptr);
    EXPECT_EQ(directory.peer_of_address(test::ip("fd00:2021:1111::5")), nullptr);
}

TEST(Directory, TheNewestPeerKeepsAnAddressWhenTheOldOneGoes) {
    Directory directory;
    PeerState old(1), fresh(2);
    directory.assign(test::ip("100.64.0.5"), old);
    directory.assign(test::ip("100.64.0.5"), fresh);
    directory.unassign(test::ip("100.64.0.5"), old);
    EXPECT_EQ(directory.peer_of_address(test::ip("100.64.0.5")), &fresh);
}

TEST(RelayChannels, NotesUseOncePerCollection) {
    RelayChannels channels;
    const wire::ChannelNumber channel{0x4001};
    EXPECT_FALSE(channels.use(channel));  // not bound
    channels.bind(channel);
    EXPECT_FALSE(channels.take_used(channel));
    EXPECT_TRUE(channels.use(channel));
    EXPECT_TRUE(channels.use(channel));
    EXPECT_TRUE(channels.take_used(channel));
    EXPECT_FALSE(channels.take_used(channel));
    EXPECT_TRUE(channels.use(channel));
    channels.unbind(channel);
    EXPECT_FALSE(channels.use(channel));
}

}  // namespace
}  // namespace fz::dataplane
