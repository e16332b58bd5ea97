// Processes that come, go and come again; many of them; portals that say things out of order.
#include "sim/world.h"

namespace fz::sim {
namespace {

using Requests = std::vector<tunnel::HostRequest>;

std::size_t redials(const Requests& requests) {
    std::size_t count = 0;
    for (const auto& request : requests)
        count += std::holds_alternative<tunnel::RedialPortal>(request) ? 1 : 0;
    return count;
}

TEST(Lifecycle, AClientWithNewKeysReplacesItself) {
    World world(1);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    for (int i = 0; i < 5; ++i) {
        world.restart(alice);
        EXPECT_TRUE(world.connects(alice)) << i;
        for (int j = 0; j < 20; ++j) EXPECT_TRUE(world.works(alice));
    }
    world.expect_balanced();
}

TEST(Lifecycle, AGatewayThatShutsDownSaysGoodbye) {
    World world(2);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    world.run(3s);  // the client asks for a resource every 2 s at most
    world.gateway.stop();
    world.run(100ms);
    EXPECT_EQ(world.portal.flows_asked, 1u);
    world.client_sends(alice, 1);
    world.run(100ms);
    EXPECT_EQ(world.portal.flows_asked, 2u) << "the client has forgotten the gateway";
}

TEST(Lifecycle, AClientThatShutsDownSaysGoodbye) {
    World world(3);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    alice.host.stop();
    world.run(100ms);
    world.resource_sends(alice, 1);
    world.run(100ms);
    EXPECT_EQ(world.drops(dataplane::Drop::unknown_peer), 1u);
}

TEST(Lifecycle, AClientThatVanishesIsForgottenAndItsAccessIsNot) {
    World world(4);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    alice.host.run(nullptr);
    world.run(120s);
    world.resource_sends(alice, 1);
    world.run(100ms);
    EXPECT_EQ(world.drops(dataplane::Drop::unknown_peer), 1u);
    world.restart(alice);
    EXPECT_TRUE(world.connects(alice));
}

TEST(Lifecycle, AuthorizationBeforeInitIsRefused) {
    World world(5);
    ClientHost& alice = world.add_client();
    world.gateway.run(world.make_gateway());
    world.tell_gateway(world.portal.authorize(alice.device.id, world.portal.resources[0].id));
    world.run(1s);
    EXPECT_EQ(world.portal.flows_authorized, 0u);
    world.tell_gateway(world.portal.gateway_init());
    world.run(1s);
    EXPECT_TRUE(world.connects(alice));
}

TEST(Lifecycle, WithoutARelayTheGatewayAsksThePortalAgain) {
    World world(6, 0);
    ClientHost& alice = world.add_client();
    world.gateway.requests.clear();
    world.client_sends(alice, 1);
    world.run(1s);
    EXPECT_EQ(redials(world.gateway.requests), 1u);
    EXPECT_EQ(world.portal.flows_authorized, 0u);

    TurnServer& relay = world.relays.emplace_back(1);
    world.announce({}, {relay.description()});
    world.run(2s);
    EXPECT_TRUE(world.connects(alice));
}

TEST(Lifecycle, CandidatesBeforeTheAuthorizationAreHarmless) {
    World world(7);
    ClientHost& alice = world.add_client();
    world.tell_gateway(portal::IceCandidates{
        alice.device.id, {"candidate:1 1 udp 1694498559 203.0.113.1 20000 typ srflx"}});
    world.tell_gateway(portal::InvalidateIceCandidates{
        alice.device.id, {"candidate:1 1 udp 1694498559 203.0.113.1 20000 typ srflx"}});
    world.run(1s);
    EXPECT_TRUE(world.connects(alice));
}

TEST(Lifecycle, BadCandidatesInAListAreSkipped) {
    World world(8);
    ClientHost& alice = world.add_client();
    world.garble_candidates = true;
    EXPECT_TRUE(world.connects(alice));
}

TEST(Lifecycle, TwoClientsWithEqualUfragsBothWork) {
    World world(9);
    world.portal.equal_ufrags = true;
    ClientHost& alice = world.add_client();
    ClientHost& bob = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    ASSERT_TRUE(world.connects(bob));
    for (int second = 0; second < 60; ++second) {
        EXPECT_TRUE(world.works(alice));
        EXPECT_TRUE(world.works(bob));
        world.run(1s);
    }
}

TEST(Lifecycle, FiftyClientsAtOnce) {
    World world(10, 2);
    std::vector<ClientHost*> clients;
    for (int i = 0; i < 50; ++i) clients.push_back(&world.add_client());
    for (ClientHost* client : clients) world.client_sends(*client, 1);
    world.run(3s);
    for (ClientHost* client : clients) EXPECT_TRUE(world.works(*client)) << client->number;
    world.gateway.stop();
    world.run(100ms);
    const auto asked = world.portal.flows_asked;
    for (ClientHost* client : clients) world.client_sends(*client, 2);
    world.run(10ms);
    EXPECT_EQ(world.portal.flows_asked, asked + 50);
}

TEST(Lifecycle, AFlowThatIsCreatedAgainReusesTheConnection) {
    World world(11);
    ClientHost& alice = world.add_client();
    ASSERT_TRUE(world.connects(alice));
    for (int i = 0; i < 20; ++i) {
        world.tell_gateway(world.portal.authorize(alice.device.id, world.portal.resources[0].id));
        EXPECT_TRUE(world.works(alice));
    }
}

}  // namespace
}  // namespace fz::sim
