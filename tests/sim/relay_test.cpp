// Relays that leave, fall silent or come back with other credentials, under relayed traffic.
#include "sim/world.h"

namespace fz::sim {
namespace {

class Relayed : public ::testing::Test {
  protected:
    World world{1};
    ClientHost& alice = [this]() -> ClientHost& {
        world.block_direct();
        return world.add_client();
    }();

    /// Seconds until packets pass both ways.
    int seconds_to_recover(int limit) {
        for (int second = 0; second < limit; ++second) {
            if (world.works(alice)) return second;
            world.run(500ms);
        }
        return limit;
    }
};

TEST_F(Relayed, TrafficRecoversWhenTheRelayIsReplaced) {
    ASSERT_TRUE(world.connects(alice));
    TurnServer& second = world.relays.emplace_back(2);
    world.relays[0].silent = true;
    world.announce({world.relays[0].description().id}, {second.description()});
    EXPECT_LE(seconds_to_recover(60), 15);
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(world.works(alice));
}

TEST_F(Relayed, TrafficRecoversWhenTheRelayRestartsWithOtherCredentials) {
    ASSERT_TRUE(world.connects(alice));
    TurnServer& relay = world.relays[0];
    relay.restart("second");
    world.announce({relay.description().id}, {relay.description()});
    EXPECT_LE(seconds_to_recover(60), 15);
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(world.works(alice));
}

TEST_F(Relayed, AnAnnouncementOfTheSameRelayChangesNothing) {
    ASSERT_TRUE(world.connects(alice));
    world.announce({}, {world.relays[0].description()});
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(world.works(alice));
}

TEST_F(Relayed, TrafficRecoversWhenASilentRelayIsGivenUp) {
    ASSERT_TRUE(world.connects(alice));
    TurnServer& second = world.relays.emplace_back(2);
    world.announce({}, {second.description()});
    world.run(2s);
    ASSERT_TRUE(world.works(alice));
    world.relays[0].silent = true;
    EXPECT_LE(seconds_to_recover(120), 60) << "keep-alive 25 s, budget 8 s, migration";
}

TEST_F(Relayed, AllocationsAndChannelsAreRenewedForAnHour) {
    ASSERT_TRUE(world.connects(alice));
    for (int minute = 0; minute < 60; ++minute) {
        for (int i = 0; i < 6; ++i) {
            EXPECT_TRUE(world.works(alice)) << minute;
            world.run(10s);
        }
    }
    EXPECT_EQ(world.relays[0].allocations(), 2u);
    EXPECT_EQ(world.portal.flows_asked, 1u);
}

TEST_F(Relayed, DirectTrafficDoesNotNoticeTheRelaysEnd) {
    world.network.blocks = [](const Datagram&) { return false; };
    ASSERT_TRUE(world.connects(alice));
    world.run(1s);
    world.relays[0].silent = true;
    for (int second = 0; second < 120; ++second) {
        EXPECT_TRUE(world.works(alice)) << second;
        world.run(1s);
    }
}

}  // namespace
}  // namespace fz::sim
