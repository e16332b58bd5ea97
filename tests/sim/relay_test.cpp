// Relays that leave, fall silent or come back with other credentials, under relayed traffic.
#include <algorithm>

#include "sim/world.h"

namespace fz::sim {
namespace {

constexpr std::uint16_t kTurnPort = 3478;

/// Addresses that no one has, as many as a hostile client can think of.
std::vector<std::string> invented_candidates(int count) {
    std::vector<std::string> lines;
    for (int i = 0; i < count; ++i)
        lines.push_back("candidate:1 1 udp 1694498559 203.0.113.200 " + std::to_string(10000 + i) +
                        " typ srflx");
    return lines;
}

class Relayed : public ::testing::Test {
  protected:
    World world{1};
    ClientHost& alice = [this]() -> ClientHost& {
        world.block_direct();
        return world.add_client();
    }();

    /// Leaves the gateway no way but the relays' own ports, so that it needs its allocations.
    void block_all_but_relays() {
        world.network.blocks = [this](const Datagram& datagram) {
            const auto& gateway = world.gateway.socket().ip;
            const auto is_relay = [&](const wire::SocketAddr& address) {
                return std::any_of(
                    world.relays.begin(), world.relays.end(),
                    [&](const TurnServer& relay) { return relay.ip() == address.ip; });
            };
            if (datagram.from.ip == gateway) return datagram.to.port != kTurnPort;
            if (datagram.to.ip == gateway) return datagram.from.port != kTurnPort;
            return !is_relay(datagram.from) && !is_relay(datagram.to);
        };
    }

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

TEST_F(Relayed, AFloodOfCandidatesLeavesTheChannelsToOthers) {
    block_all_but_relays();
    ASSERT_TRUE(world.connects(alice));
    const std::size_t before = world.relays[0].channels();
    world.tell_gateway(portal::IceCandidates{alice.device.id, invented_candidates(4200)});
    world.run(5s);
    EXPECT_LE(world.relays[0].channels() - before, 32u) << "of a connection";
    EXPECT_TRUE(world.works(alice)) << "who is nobody's trouble but her own";
    ClientHost& bob = world.add_client();
    EXPECT_TRUE(world.connects(bob));
}

TEST_F(Relayed, NothingLeavesFromTheAddressOfALostAllocation) {
    block_all_but_relays();
    ASSERT_TRUE(world.connects(alice));
    world.relays[0].restart("second");  // and only the gateway's next request finds out
    world.tell_gateway(portal::IceCandidates{alice.device.id, invented_candidates(1)});
    for (std::uint64_t number = 0; number < 60; ++number) {
        world.resource_sends(alice, number);
        world.run(50ms);
    }
    EXPECT_EQ(world.gateway.foreign_sources, 0u);
}

}  // namespace
}  // namespace fz::sim
