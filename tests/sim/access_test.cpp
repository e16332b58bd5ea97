// What the portal grants and takes, as client and resource feel it.
#include <algorithm>

#include "sim/world.h"

namespace fz::sim {
namespace {

class Access : public ::testing::Test {
  protected:
    World world{1};
    ClientHost& alice = world.add_client();
    const Uuid office = world.portal.resources[0].id;
    const Uuid lab = world.portal.resources[1].id;

    bool resource_hears(std::uint64_t number, std::string_view to) {
        world.client_sends(alice, number, to);
        world.run(200ms);
        const auto numbers = numbers_of(world.gateway.from_tun);
        return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
    }
    void reject(const Uuid& resource) {
        world.tell_gateway(portal::RejectAccess{alice.device.id, resource});
    }
};

TEST_F(Access, TheFirstPacketToEachResourceAsksForIt) {
    ASSERT_TRUE(world.connects(alice));
    EXPECT_FALSE(resource_hears(1, "10.2.0.5"));
    EXPECT_TRUE(resource_hears(2, "10.2.0.5"));
    EXPECT_EQ(world.portal.flows_authorized, 2u);
}

TEST_F(Access, TheOtherResourceStaysWhenOneIsRejected) {
    ASSERT_TRUE(world.connects(alice));
    static_cast<void>(resource_hears(1, "10.2.0.5"));
    ASSERT_TRUE(resource_hears(2, "10.2.0.5"));
    reject(lab);
    EXPECT_FALSE(resource_hears(3, "10.2.0.5"));
    EXPECT_EQ(world.drops(dataplane::Drop::no_resource), 1u);
    EXPECT_TRUE(world.works(alice));
}

TEST_F(Access, RejectingTheLastResourceSaysGoodbye) {
    ASSERT_TRUE(world.connects(alice));
    world.run(3s);  // the client asks for a resource every 2 s at most
    reject(office);
    world.run(100ms);
    const auto asked = world.portal.flows_asked;
    world.client_sends(alice, 1);
    world.run(1s);
    EXPECT_EQ(world.portal.flows_asked, asked + 1) << "the client has forgotten the gateway";
    EXPECT_TRUE(world.connects(alice));
}

TEST_F(Access, AnAnswerToACheckOfAClosedConnectionIsNobodys) {
    ASSERT_TRUE(world.connects(alice));
    // At 100 steps within the 1.5 s between two checks, some answer is on its way.
    for (int i = 0; i < 100; ++i) {
        world.run(17ms * i);
        reject(office);
        world.run(100ms);
        ASSERT_TRUE(world.connects(alice));
    }
}

TEST_F(Access, EndsWhenTheGrantExpires) {
    world.portal.expires_at = world.unix_in(30s);
    ASSERT_TRUE(world.connects(alice));
    const UnixTime expiry{*world.portal.expires_at};
    world.run(expiry - 100ms - world.now().unix);
    EXPECT_TRUE(resource_hears(1, "10.1.0.5")) << "until the last moment";
    world.portal.refuses = true;
    world.run(1100ms);
    world.gateway.from_tun.clear();
    for (int i = 0; i < 10; ++i) {
        world.client_sends(alice, 2);
        world.run(100ms);
    }
    EXPECT_TRUE(world.gateway.from_tun.empty());
}

TEST_F(Access, IsOverAtTheInstantOfExpiry) {
    world.portal.expires_at = world.unix_in(30s);
    ASSERT_TRUE(world.connects(alice));
    const UnixTime expiry{*world.portal.expires_at};
    world.run(expiry - world.now().unix);
    ASSERT_EQ(world.now().unix, expiry);
    world.tell_gateway(portal::AccessExpiryUpdated{
        alice.device.id, office, std::chrono::floor<std::chrono::seconds>(expiry)});
    world.client_sends(alice, 1);
    world.run(100ms);
    const auto numbers = numbers_of(world.gateway.from_tun);
    EXPECT_EQ(std::count(numbers.begin(), numbers.end(), 1u), 0) << "equal means expired";
}

TEST_F(Access, AuthorizingAgainExtendsIt) {
    world.portal.expires_at = world.unix_in(30s);
    ASSERT_TRUE(world.connects(alice));
    world.portal.expires_at = world.unix_in(300s);
    world.tell_gateway(world.portal.authorize(alice.device.id, office));
    for (int second = 0; second < 100; ++second) {
        world.run(1s);
        EXPECT_TRUE(world.works(alice));
    }
    EXPECT_EQ(world.portal.flows_asked, 1u);
}

TEST_F(Access, AnUpdatedExpiryCounts) {
    ASSERT_TRUE(world.connects(alice));
    world.tell_gateway(portal::AccessExpiryUpdated{alice.device.id, office, world.unix_in(10s)});
    world.run(9s);
    EXPECT_TRUE(world.works(alice));
    world.run(2s);
    EXPECT_FALSE(world.works(alice));
}

TEST_F(Access, IsRevokedByAnInitWithoutTheClient) {
    ASSERT_TRUE(world.connects(alice));
    world.run(3s);
    portal::Init init = world.portal.gateway_init();
    init.authorizations.clear();
    world.tell_gateway(init);
    world.run(100ms);
    EXPECT_FALSE(world.works(alice)) << "the client was told goodbye";
    EXPECT_EQ(world.portal.flows_asked, 2u);
}

TEST_F(Access, SurvivesAnInitThatListsIt) {
    ASSERT_TRUE(world.connects(alice));
    world.tell_gateway(world.portal.gateway_init());
    world.run(5s);
    EXPECT_TRUE(world.works(alice));
    EXPECT_EQ(world.portal.flows_asked, 1u);
}

TEST_F(Access, ChangedFiltersApplyToTheNextPacket) {
    ASSERT_TRUE(world.connects(alice));
    policy::Resource resource = world.portal.resources[0];
    resource.filters = {test::allow_tcp(1, 65535)};
    world.tell_gateway(portal::ResourceUpdated{resource});
    EXPECT_FALSE(world.works(alice));
    EXPECT_EQ(world.drops(dataplane::Drop::filtered), 1u);
    resource.filters = {test::allow_udp(4000, 4000)};
    world.tell_gateway(portal::ResourceUpdated{resource});
    EXPECT_TRUE(world.works(alice));
}

TEST_F(Access, IsRefusedWithAnIcmpErrorOutsideTheResources) {
    ASSERT_TRUE(world.connects(alice));
    alice.host.from_tun.clear();
    EXPECT_FALSE(resource_hears(1, "10.9.0.1"));
    ASSERT_EQ(alice.host.from_tun.size(), 1u);
    const Buffer& answer = alice.host.from_tun[0];
    EXPECT_EQ(answer[9], std::byte{1}) << "ICMP";
    EXPECT_EQ(answer[20], std::byte{3});
    EXPECT_EQ(answer[21], std::byte{13}) << "prohibited";
    EXPECT_EQ(world.counters().icmp_answers, 1u);
}

TEST_F(Access, ForeignSourcesAreNotForwarded) {
    ASSERT_TRUE(world.connects(alice));
    world.gateway.from_tun.clear();
    alice.host.route(numbered(test::ip("100.64.0.99"), test::ip("10.1.0.5"), 4000, 1));
    world.run(200ms);
    EXPECT_TRUE(world.gateway.from_tun.empty());
    EXPECT_EQ(world.drops(dataplane::Drop::source_not_client), 1u);
}

TEST_F(Access, WorksForIpv6Inside) {
    world.portal.resources.push_back(test::cidr(4, "2001:db8:1::/48"));
    policy::Resource resource = world.portal.resources.back();
    alice.host.hear(portal::ClientIngress{
        portal::ResourceCreatedOrUpdated{{resource.id, resource.name, resource.target, {}, {}}}});
    world.run(100ms);
    const auto send = [&](std::uint64_t number) {
        alice.host.route(
            numbered(alice.device.addresses.v6, test::ip("2001:db8:1::7"), 4000, number));
        world.run(2s);
    };
    send(1);
    send(2);
    ASSERT_EQ(numbers_of(world.gateway.from_tun), std::vector<std::uint64_t>{2});
}

}  // namespace
}  // namespace fz::sim
