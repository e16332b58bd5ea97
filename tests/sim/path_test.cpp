// Which way packets go, and that they find one: direct, relayed, through NATs that change.
#include "sim/world.h"

namespace fz::sim {
namespace {

TEST(Path, TheFirstPacketsRoundTripIsDirect) {
    World world(1);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    world.run(1s);
    const auto relayed = world.relays[0].relayed;
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(world.works(alice));
    EXPECT_LT(world.relays[0].relayed - relayed, 100u) << "only checks";
    EXPECT_EQ(world.portal.flows_asked, 1u);
    EXPECT_EQ(world.portal.flows_authorized, 1u);
    world.expect_balanced();
}

TEST(Path, IsDirectAlsoFromBehindASymmetricNat) {
    World world(2);
    ClientHost& alice = world.add_client(Nat::Mapping::per_destination);
    ASSERT_TRUE(world.connects(alice));
    world.run(1s);
    const auto relayed = world.relays[0].relayed;
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(world.works(alice));
    EXPECT_LT(world.relays[0].relayed - relayed, 100u);
}

TEST(Path, IsRelayedWhereDirectUdpIsBlocked) {
    World world(3);
    world.block_direct();
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    const auto relayed = world.relays[0].relayed;
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(world.works(alice));
    EXPECT_GE(world.relays[0].relayed - relayed, 200u);
    world.expect_balanced();
}

TEST(Path, IsRelayedThroughEitherOfTwoRelays) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        World world(seed, 2);
        world.block_direct();
        ClientHost& alice = world.add_client();
        EXPECT_TRUE(world.connects(alice));
    }
}

TEST(Path, FallsBackToTheRelayAndReturns) {
    World world(4);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    world.block_direct();
    bool recovered = false;
    for (int second = 0; second < 20 && !recovered; ++second) {
        world.run(500ms);
        recovered = world.works(alice);
    }
    EXPECT_TRUE(recovered);

    world.network.blocks = [](const Datagram&) { return false; };
    for (int second = 0; second < 30; ++second) {
        EXPECT_TRUE(world.works(alice));
        world.run(1s);
    }
}

TEST(Path, ANatThatRebootsKeepsTheDownlinkWithinTwoSeconds) {
    World world(5);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(world.works(alice));

    alice.nat.reboot();
    const Instant rebooted = world.now().instant;
    std::uint64_t number = 0;
    const std::size_t before = alice.host.from_tun.size();
    while (alice.host.from_tun.size() == before && world.now().instant - rebooted < 10s) {
        world.resource_sends(alice, ++number);
        world.run(100ms);
    }
    EXPECT_LE(world.now().instant - rebooted, 2s + 100ms);
    EXPECT_TRUE(world.works(alice));
    EXPECT_EQ(world.portal.flows_asked, 1u);
}

TEST(Path, SurvivesANatThatRebootsEveryMinute) {
    World world(6);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    for (int minute = 0; minute < 10; ++minute) {
        alice.nat.reboot();
        for (int second = 0; second < 60; ++second) {
            const bool works = world.works(alice);
            EXPECT_TRUE(works || second <= 2) << minute << " min " << second << " s";
            world.run(1s);
        }
    }
    EXPECT_EQ(world.portal.flows_asked, 1u);
}

TEST(Path, IdleForTenMinutesStillWorksBothWays) {
    World world(7);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    world.run(600s);
    world.resource_sends(alice, 42);
    world.run(1s);
    EXPECT_EQ(numbers_of(alice.host.from_tun).back(), 42u) << "downlink first";
    world.run(600s);
    EXPECT_TRUE(world.works(alice)) << "uplink first";
    EXPECT_EQ(world.portal.flows_asked, 1u);
    world.expect_balanced();
}

TEST(Path, IdleForTenMinutesStillWorksBothWaysRelayed) {
    World world(8);
    world.block_direct();
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    world.run(600s);
    world.resource_sends(alice, 42);
    world.run(1s);
    EXPECT_EQ(numbers_of(alice.host.from_tun).back(), 42u);
    world.run(600s);
    EXPECT_TRUE(world.works(alice));
    EXPECT_EQ(world.portal.flows_asked, 1u);
}

TEST(Path, AnIdleConnectionIsQuiet) {
    World world(9);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    world.run(60s);
    const std::uint64_t before = world.gateway.sent;
    world.run(600s);
    EXPECT_LT(world.gateway.sent - before, 600u) << "datagrams in 10 min";
}

TEST(Path, NothingLeavesFromAnAddressThatIsNotOurs) {
    World world(10, 2);
    world.block_direct();
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    world.announce({world.relays[0].description().id}, {});
    for (int second = 0; second < 20; ++second) {
        static_cast<void>(world.works(alice));
        world.run(1s);
    }
    world.announce({}, {world.relays[0].description()});
    world.announce({world.relays[1].description().id}, {});
    for (int second = 0; second < 20; ++second) {
        static_cast<void>(world.works(alice));
        world.run(1s);
    }
    EXPECT_EQ(world.gateway.foreign_sources, 0u);
    EXPECT_EQ(alice.host.foreign_sources, 0u);
}

/// Another client claims the key of `original`; it never gets a path.
portal::AuthorizeFlow rival_of(World& world, const ClientHost& original) {
    const Uuid& resource = world.portal.resources[0].id;
    world.portal.join({test::id(200),
                       original.device.key,
                       {test::ip("100.64.3.3"), test::ip("fd00:2021:1111::33")}});
    portal::AuthorizeFlow flow = world.portal.authorize(test::id(200), resource);
    flow.client.preshared_key = {};
    flow.client_ice = {"cccc", "client password 22 ch."};
    flow.gateway_ice = {"gggg", "gateway password 22 ch"};
    return flow;
}

TEST(Path, ARivalWithTheSameKeyGetsNoHandshakeOfAnother) {
    World world(11);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    const portal::AuthorizeFlow rival = rival_of(world, alice);
    for (int second = 0; second < 300; second += 5) {  // two rekeyings, every 120 s
        world.tell_gateway(rival);
        world.run(5s);
        EXPECT_TRUE(world.works(alice)) << second;
    }
}

TEST(Path, ARivalWithTheSameKeyTakesNothingAlongWhenItLeaves) {
    World world(12);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    const portal::AuthorizeFlow rival = rival_of(world, alice);
    world.tell_gateway(rival);
    world.run(1s);
    world.tell_gateway(portal::RejectAccess{rival.client.id, rival.resource.id});
    for (int second = 0; second < 300; second += 5) {
        world.run(5s);
        EXPECT_TRUE(world.works(alice)) << second;
    }
}

}  // namespace
}  // namespace fz::sim
