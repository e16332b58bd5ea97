// The ordinary life of an allocation: found, made, kept, used, given back.
#include "turn/allocation.h"

#include <gtest/gtest.h>

#include "unit/turn/rig.h"

namespace fz::turn {
namespace {

using namespace test;  // NOLINT: the fixture's words
using stun::Method;
using Times = std::vector<double>;

class Dialects : public testing::TestWithParam<Dialect> {};
INSTANTIATE_TEST_SUITE_P(Allocation, Dialects, testing::Values(Dialect::firezone, Dialect::coturn),
                         [](const auto& dialect) {
                             return dialect.param == Dialect::firezone ? "Firezone" : "Coturn";
                         });

TEST(Allocation, AsksEverySocketAtOnceAndUsesTheFirstToAnswer) {
    Rig rig(Dialect::firezone, dual_stack());
    rig.settle();
    ASSERT_GE(rig.server.seen().size(), 2U);
    EXPECT_EQ(rig.server.seen()[0].to, kServerV4);
    EXPECT_EQ(rig.server.seen()[1].to, kServerV6);
    EXPECT_EQ(rig.server.seen()[1].at, kStart);
    EXPECT_EQ(rig.allocation.active_socket(), kServerV4);
    for (const Seen& request : rig.server.seen(Method::allocate)) EXPECT_EQ(request.to, kServerV4);
}

TEST(Allocation, WorksOverTheFamilyThatAnswers) {
    Rig rig(Dialect::firezone, dual_stack());
    rig.server.deaf = {wire::Family::v4};
    rig.run(60s);
    EXPECT_EQ(rig.allocation.active_socket(), kServerV6);
    EXPECT_TRUE(rig.allocation.relayed(wire::Family::v4));
    EXPECT_EQ(rig.all<Failed>().size(), 0U) << "the deaf family ends alone";
    EXPECT_EQ(rig.all<AddressAdded>().back().address.base, kLocalV6);
}

TEST_P(Dialects, AllocatesAfterOneChallengeWithABareFirstRequest) {
    Rig rig(GetParam());
    rig.settle();
    const auto requests = rig.server.seen(Method::allocate);
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_FALSE(requests[0].authenticated);
    EXPECT_TRUE(requests[1].authenticated);
    EXPECT_NE(requests[0].id, requests[1].id);
    EXPECT_EQ(rig.allocation.relayed(wire::Family::v4), addr("198.51.100.1:50000"));
}

TEST(Allocation, TakesBothFamiliesFromOneAllocation) {
    Rig rig(Dialect::firezone);
    rig.settle();
    EXPECT_EQ(rig.allocation.relayed(wire::Family::v6), addr("[2001:db8:1::1]:50000"));
}

TEST(Allocation, IgnoresTheEmptyAddressOfARefusedFamily) {
    Rig rig(Dialect::coturn);
    rig.settle();
    EXPECT_EQ(rig.allocation.relayed(wire::Family::v4), addr("198.51.100.1:50000"));
    EXPECT_FALSE(rig.allocation.relayed(wire::Family::v6));
    EXPECT_FALSE(rig.allocation.channel_to(kPeerV6, rig.now));
    EXPECT_FALSE(rig.allocation.poll_transmit()) << "no bind for a family that is not relayed";
}

TEST(Allocation, LearnsTheRealmOfTheServer) {
    Rig rig(Dialect::coturn);
    rig.server.realm = "example.org";
    rig.settle();
    EXPECT_TRUE(rig.allocation.relayed(wire::Family::v4));
}

TEST(Allocation, AnnouncesItsAddressesWithTheirBases) {
    Rig rig(Dialect::firezone);
    rig.settle();
    const auto added = rig.all<AddressAdded>();
    ASSERT_EQ(added.size(), 4U);
    EXPECT_EQ(added[0].address, (Address{AddressKind::host, kLocalV4, kLocalV4}));
    EXPECT_EQ(added[1].address,
              (Address{AddressKind::server_reflexive, addr("203.0.113.7:52625"), kLocalV4}));
    EXPECT_EQ(added[2].address,
              (Address{AddressKind::relayed, addr("198.51.100.1:50000"), kLocalV4}));
    EXPECT_EQ(added[3].address,
              (Address{AddressKind::relayed, addr("[2001:db8:1::1]:50000"), kLocalV4}));
    EXPECT_EQ(rig.allocation.addresses().size(), 4U);
}

TEST(Allocation, LeavesOutAddressesNobodyCouldSendTo) {
    Rig rig(Dialect::firezone);
    rig.local_v4 = addr("169.254.1.1:52625");
    rig.server.mapped_v4 = addr("0.0.0.0:1");
    rig.settle();
    for (const auto& added : rig.all<AddressAdded>())
        EXPECT_EQ(added.address.kind, AddressKind::relayed);
}

TEST(Allocation, KeepsAliveEvery25Seconds) {
    Rig rig(Dialect::firezone);
    rig.run(101s);
    EXPECT_EQ(rig.times(Method::binding), (Times{0, 25, 50, 75, 100}));
}

TEST(Allocation, TrafficPutsOffTheKeepAlive) {
    Rig rig(Dialect::firezone);
    rig.settle();
    rig.allocation.bind_channel(kPeer, rig.now);
    rig.run(20s);
    EXPECT_TRUE(rig.deliver({0x4000}, "data"));
    rig.run(15s);
    rig.allocation.channel_active({0x4000}, rig.now);
    rig.run(26s);
    EXPECT_EQ(rig.times(Method::binding), (Times{0, 60}));
}

TEST(Allocation, NoticesANewMappingAndReplacesTheOldOne) {
    Rig rig(Dialect::firezone);
    rig.settle();
    rig.events.clear();
    rig.server.mapped_v4 = addr("203.0.113.7:60000");
    rig.run(26s);
    ASSERT_EQ(rig.events.size(), 2U);
    EXPECT_EQ(std::get<AddressInvalidated>(rig.events[0]).address.address,
              addr("203.0.113.7:52625"));
    EXPECT_EQ(std::get<AddressAdded>(rig.events[1]).address.address, addr("203.0.113.7:60000"));
}

TEST_P(Dialects, RefreshesAtHalfLifeAndStaysForADay) {
    Rig rig(GetParam());
    rig.run(24h);
    const auto times = rig.times(Method::refresh);
    ASSERT_EQ(times.size(), 288U);
    EXPECT_EQ(times[0], 300);
    EXPECT_EQ(times[1], 600);
    EXPECT_EQ(rig.server.seen(Method::allocate).size(), 2U);
    EXPECT_TRUE(rig.all<AddressInvalidated>().empty());
    EXPECT_TRUE(rig.server.has_allocation(rig.now));
}

TEST(Allocation, HonoursALongerLifetime) {
    Rig rig(Dialect::firezone);
    rig.server.lifetime = 1800s;
    rig.run(901s);
    EXPECT_EQ(rig.times(Method::refresh), (Times{900}));
}

TEST_P(Dialects, BindsAChannelOnFirstUse) {
    Rig rig(GetParam());
    rig.settle();
    const auto channel = rig.allocation.channel_to(kPeer, rig.now);
    ASSERT_TRUE(channel);
    EXPECT_EQ(channel->number, wire::ChannelNumber{0x4000});
    EXPECT_EQ(channel->server, kServerV4);
    EXPECT_FALSE(rig.deliver({0x4000}, "early")) << "not confirmed";
    rig.settle();
    EXPECT_EQ(rig.server.channels().at({0x4000}), kPeer);
    ASSERT_EQ(rig.all<ChannelBound>().size(), 1U);
    EXPECT_EQ(rig.all<ChannelBound>()[0].binding, (Binding{kPeer, {0x4000}}));
    EXPECT_EQ(rig.all<ChannelBound>()[0].server, kServerV4);
    rig.allocation.bind_channel(kPeer, rig.now);
    EXPECT_FALSE(rig.allocation.poll_transmit()) << "bound once";
}

TEST(Allocation, UnwrapsWhatPeersSend) {
    Rig rig(Dialect::firezone);
    rig.settle();
    rig.allocation.bind_channel(kPeer, rig.now);
    rig.allocation.bind_channel(kPeerV6, rig.now);
    rig.settle();
    const auto v4 = rig.deliver({0x4000}, "hello");
    ASSERT_TRUE(v4);
    EXPECT_EQ(v4->peer, kPeer);
    EXPECT_EQ(v4->local, addr("198.51.100.1:50000"));
    EXPECT_EQ(as_text(v4->payload), "hello");
    EXPECT_EQ(rig.deliver({0x4001}, "")->local, addr("[2001:db8:1::1]:50000"));
    EXPECT_FALSE(rig.deliver({0x4002}, "unknown channel"));

    const std::array<std::byte, 4> frame{std::byte{0x40}};
    EXPECT_FALSE(rig.allocation.decapsulate(kServerV6, frame, rig.now)) << "another socket";
    EXPECT_FALSE(rig.allocation.decapsulate(kServerV4, as_bytes("GET"), rig.now));
}

TEST(Allocation, RefreshesUsedChannelsAndLetsUnusedOnesLapse) {
    Rig rig(Dialect::firezone);
    rig.settle();
    rig.allocation.bind_channel(kPeer, rig.now);
    rig.allocation.bind_channel(kPeerV6, rig.now);
    rig.settle();
    EXPECT_TRUE(rig.deliver({0x4000}, "used"));
    rig.run(601s);
    EXPECT_EQ(rig.times(Method::channel_bind), (Times{0, 0, 300}));
    EXPECT_EQ(rig.server.seen(Method::channel_bind)[2].channel, wire::ChannelNumber{0x4000});
    ASSERT_EQ(rig.all<ChannelUnbound>().size(), 1U);
    EXPECT_EQ(rig.all<ChannelUnbound>()[0].binding, (Binding{kPeerV6, {0x4001}}));
    EXPECT_EQ(rig.all<ChannelBound>().size(), 2U) << "a refresh is no news";
}

TEST(Allocation, RemembersAHundredPeersUntilThereIsAnAllocation) {
    Rig rig(Dialect::firezone);
    for (std::uint16_t port = 1; port <= 102; ++port) {
        const wire::SocketAddr peer{kPeer.ip, port};
        EXPECT_FALSE(rig.allocation.channel_to(peer, rig.now));
        EXPECT_FALSE(rig.allocation.channel_to(peer, rig.now)) << "no duplicates";
    }
    rig.settle();
    EXPECT_EQ(rig.server.channels().size(), 100U);
    EXPECT_EQ(rig.server.channels().at({0x4000}).port, 3) << "the oldest made room";
}

TEST_P(Dialects, ReleaseGivesTheAllocationBack) {
    Rig rig(GetParam());
    rig.settle();
    rig.allocation.bind_channel(kPeer, rig.now);
    rig.settle();
    rig.allocation.release(rig.now);
    EXPECT_FALSE(rig.allocation.can_be_freed());
    rig.settle();
    EXPECT_EQ(rig.server.seen().back().lifetime, 0s);
    EXPECT_FALSE(rig.server.has_allocation(rig.now));
    EXPECT_EQ(rig.all<ChannelUnbound>().size(), 1U);
    EXPECT_FALSE(rig.all<AddressInvalidated>().empty());
    EXPECT_EQ(rig.allocation.failure(), Failure::released);
    EXPECT_TRUE(rig.allocation.can_be_freed());
    EXPECT_FALSE(rig.allocation.poll_timeout());
}

TEST(Allocation, ReleaseDoesNotWaitForASilentServer) {
    Rig rig(Dialect::firezone);
    rig.settle();
    rig.server.silent = true;
    const auto before = rig.server.seen().size();
    rig.allocation.release(rig.now);
    rig.run(2s);
    EXPECT_EQ(rig.server.seen().size(), before + 1);
    EXPECT_TRUE(rig.allocation.can_be_freed());
    EXPECT_EQ(rig.all<Failed>().size(), 1U);
}

TEST(Allocation, ReleaseSurvivesAStaleNonce) {
    Rig rig(Dialect::coturn);
    rig.settle();
    rig.server.change_nonce();
    rig.allocation.release(rig.now);
    rig.settle();
    EXPECT_FALSE(rig.server.has_allocation(rig.now));
}

TEST(Allocation, KnowsItsServerByAddressAndCredentials) {
    Rig rig(Dialect::firezone, dual_stack());
    EXPECT_TRUE(rig.allocation.same_server(dual_stack()));
    EXPECT_FALSE(rig.allocation.same_server(v4_only()));
    Server renewed = dual_stack();
    renewed.password = "another";
    EXPECT_FALSE(rig.allocation.same_server(renewed));
    EXPECT_TRUE(rig.allocation.owns(kServerV6));
    EXPECT_FALSE(rig.allocation.owns(addr("192.0.2.10:3479")));
}

TEST(Allocation, NothingHappensBeforeTheDeadline) {
    Rig rig(Dialect::firezone);
    rig.settle();
    for (int i = 0; i < 50; ++i) {
        const Instant next = *rig.allocation.poll_timeout();
        ASSERT_GT(next, rig.now);
        rig.allocation.handle_timeout(next - 1ns);
        EXPECT_FALSE(rig.allocation.poll_transmit());
        rig.now = next;
        rig.allocation.handle_timeout(next);
        rig.settle();
    }
}

}  // namespace
}  // namespace fz::turn
