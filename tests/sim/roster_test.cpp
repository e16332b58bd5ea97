// What an operator is told of clients that have a path: which one, how far, how much.
#include "tunnel/roster.h"

#include "sim/world.h"

namespace fz::sim {
namespace {

using ice::CandidateKind;
using tunnel::PathKind;

constexpr std::uint64_t kNumbered = 36;  ///< bytes: IPv4 header 20, UDP header 8, number 8

const tunnel::Roster& roster_of(World& world) {
    return dynamic_cast<const tunnel::Roster&>(world.gateway.endpoint());
}

tunnel::PeerRow row_of(World& world, const ClientHost& client) {
    for (const auto& row : roster_of(world).peers(0, 100, world.now().instant).rows)
        if (row.id == client.device.id) return row;
    ADD_FAILURE() << "client " << client.number << " is not listed";
    return {};
}

/// Leaves `host` no way but the relays' own port, so that it needs an allocation.
void only_by_relay(World& world, const wire::IpAddr& host) {
    constexpr std::uint16_t kTurnPort = 3478;
    world.network.blocks = [host](const Datagram& datagram) {
        return (datagram.from.ip == host && datagram.to.port != kTurnPort) ||
               (datagram.to.ip == host && datagram.from.port != kTurnPort);
    };
}

TEST(Roster, ADirectClientsRowTellsItsPathAndRoundTrip) {
    World world(1);
    world.network.quality.latency = 35ms;
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    world.run(3s);
    const tunnel::PeerRow row = row_of(world, alice);
    EXPECT_EQ(row.path(), PathKind::direct);
    ASSERT_TRUE(row.pair);
    EXPECT_EQ(row.pair->local, world.gateway.socket());
    EXPECT_EQ(row.pair->local_kind, CandidateKind::host);
    EXPECT_EQ(row.pair->remote.ip, alice.nat.outside());
    EXPECT_EQ(row.pair->remote_kind, CandidateKind::srflx);
    EXPECT_EQ(row.relay, std::nullopt);
    EXPECT_EQ(row.round_trip, 70ms);
    EXPECT_EQ(row.addresses, alice.device.addresses);
    ASSERT_TRUE(row.since_handshake);
    EXPECT_GE(*row.since_handshake, 3s);
    EXPECT_LE(*row.since_handshake, row.age);
    EXPECT_EQ(roster_of(world).summary(),
              (tunnel::RosterSummary{.direct = 1, .relays = 1, .allocated_relays = 1}));
}

TEST(Roster, AClientsOwnRelayIsSeenAndIsNoneOfOurs) {
    World world(2);
    ClientHost& alice = world.add_client();
    only_by_relay(world, alice.nat.outside());
    ASSERT_TRUE(world.connects(alice));
    world.run(10s);
    const tunnel::PeerRow row = row_of(world, alice);
    EXPECT_EQ(row.path(), PathKind::relayed);
    ASSERT_TRUE(row.pair);
    EXPECT_EQ(row.pair->local_kind, CandidateKind::host);
    EXPECT_EQ(row.pair->remote_kind, CandidateKind::relay);
    EXPECT_EQ(row.pair->remote.ip, world.relays[0].ip());
    EXPECT_EQ(row.relay, std::nullopt);
    EXPECT_EQ(row.round_trip, 40ms) << "two stretches of 10 ms, there and back";
    EXPECT_EQ(roster_of(world).summary().relayed, 1U);
}

TEST(Roster, ARelayOfOursIsNamed) {
    World world(3, 2);
    only_by_relay(world, world.gateway.socket().ip);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    world.run(10s);
    const tunnel::PeerRow row = row_of(world, alice);
    EXPECT_EQ(row.path(), PathKind::relayed);
    ASSERT_TRUE(row.pair && row.relay);
    EXPECT_EQ(row.pair->local_kind, CandidateKind::relay);
    const bool first = row.pair->local.ip == world.relays[0].ip();
    EXPECT_EQ(row.relay, world.relays[first ? 0 : 1].description().id);
    EXPECT_GE(row.round_trip, 40ms);
    EXPECT_EQ(roster_of(world).summary(),
              (tunnel::RosterSummary{.relayed = 1, .relays = 2, .allocated_relays = 2}));
}

TEST(Roster, APathThatChangesIsSeen) {
    World world(4);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    world.run(1s);
    EXPECT_EQ(row_of(world, alice).path(), PathKind::direct);
    world.block_direct();
    const auto relayed = [&] { return row_of(world, alice).path() == PathKind::relayed; };
    EXPECT_TRUE(world.run_until(relayed, 30s));
    EXPECT_EQ(roster_of(world).summary().relayed, 1U);
    EXPECT_EQ(roster_of(world).summary().direct, 0U);
    ASSERT_TRUE(world.connects(alice));
    alice.host.stop();
    world.run(1s);
    EXPECT_EQ(roster_of(world).summary().relayed, 0U) << "it said goodbye";
}

TEST(Roster, TrafficIsWhatWasSent) {
    World world(5);
    ClientHost& alice = world.add_client();
    ClientHost& bob = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    ASSERT_TRUE(world.connects(bob));
    const tunnel::PeerRow before = row_of(world, alice);
    const tunnel::PeerRow bobs = row_of(world, bob);
    for (std::uint64_t number = 0; number < 30; ++number) world.client_sends(alice, number);
    for (std::uint64_t number = 0; number < 20; ++number) world.resource_sends(alice, number);
    world.run(60s);  // with checks, keep-alives and handshakes in between
    const tunnel::PeerRow after = row_of(world, alice);
    EXPECT_EQ(after.received.packets - before.received.packets, 30U);
    EXPECT_EQ(after.received.bytes - before.received.bytes, 30 * kNumbered);
    EXPECT_EQ(after.sent.packets - before.sent.packets, 20U);
    EXPECT_EQ(after.sent.bytes - before.sent.bytes, 20 * kNumbered);
    EXPECT_EQ(row_of(world, bob).received, bobs.received);
    EXPECT_EQ(row_of(world, bob).sent, bobs.sent);
}

TEST(Roster, AnExpiryIsShownAndItsUpdateToo) {
    World world(6);
    ClientHost& alice = world.add_client();
    const UnixSeconds expiry = world.unix_in(3600s);
    world.portal.expires_at = expiry;
    ASSERT_TRUE(world.connects(alice));
    const auto& resource = world.portal.resources[0];
    const auto granted = [&] { return row_of(world, alice).grants.at(0); };
    EXPECT_EQ(granted().id, resource.id);
    EXPECT_EQ(granted().name, resource.name);
    EXPECT_EQ(granted().expires_at, expiry);
    world.tell_gateway(portal::AccessExpiryUpdated{alice.device.id, resource.id, expiry + 3600s});
    world.run(1s);
    EXPECT_EQ(granted().expires_at, expiry + 3600s);
}

}  // namespace
}  // namespace fz::sim
