#include "turn/channels.h"

#include <gtest/gtest.h>

namespace fz::turn {
namespace {

constexpr Instant kStart{1000s};
constexpr wire::ChannelNumber kFirst{0x4000};
constexpr wire::ChannelNumber kSecond{0x4001};

wire::SocketAddr peer(unsigned n) {
    return {
        wire::IpAddr::v4(198, 51, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)),
        4000};
}

/// A table with one confirmed channel to peer(1), number 0x4000.
Channels with_one_bound() {
    Channels channels;
    channels.confirm(*channels.start(peer(1), kStart), kStart);
    return channels;
}

TEST(Channels, NumbersCountUpFrom0x4000) {
    Channels channels;
    EXPECT_EQ(channels.start(peer(1), kStart), (Binding{peer(1), kFirst}));
    EXPECT_EQ(channels.start(peer(2), kStart), (Binding{peer(2), kSecond}));
}

TEST(Channels, NumbersEndAt0x4fffAndStartOverWhereFree) {
    Channels channels;
    for (unsigned n = 0; n < 4096; ++n) {
        const auto binding = channels.start(peer(n), kStart);
        ASSERT_TRUE(binding);
        EXPECT_EQ(binding->number.value, 0x4000 + n);
        channels.confirm(*binding, kStart);
    }
    EXPECT_FALSE(channels.start(peer(5000), kStart)) << "all taken";
    EXPECT_EQ(channels.refuse({peer(7), {0x4007}}, kStart), Channels::Refused::was_usable);
    static_cast<void>(channels.upkeep(kStart + 2s));
    EXPECT_EQ(channels.start(peer(5000), kStart + 2s)->number.value, 0x4007);
}

TEST(Channels, AreSendableWhileBindingButReceiveOnlyOnceConfirmed) {
    Channels channels;
    EXPECT_FALSE(channels.number_of(peer(1), kStart));
    const auto binding = channels.start(peer(1), kStart);
    EXPECT_EQ(channels.number_of(peer(1), kStart), kFirst);
    EXPECT_FALSE(channels.peer_of(kFirst, kStart));
    EXPECT_FALSE(channels.start(peer(1), kStart)) << "one bind at a time";
    EXPECT_EQ(channels.confirm(*binding, kStart), Channels::Confirmed::anew);
    EXPECT_EQ(channels.peer_of(kFirst, kStart), peer(1));
    EXPECT_FALSE(channels.start(peer(1), kStart)) << "nothing to do";
}

TEST(Channels, UnheardOnesLapseAt600Seconds) {
    Channels channels = with_one_bound();
    EXPECT_TRUE(channels.upkeep(kStart + 300s).rebind.empty());
    EXPECT_EQ(channels.deadline(), kStart + 600s);
    EXPECT_TRUE(channels.number_of(peer(1), kStart + 600s - 1ns));
    EXPECT_FALSE(channels.number_of(peer(1), kStart + 600s));
    EXPECT_FALSE(channels.peer_of(kFirst, kStart + 600s));
    const auto chores = channels.upkeep(kStart + 600s);
    ASSERT_EQ(chores.lapsed.size(), 1U);
    EXPECT_EQ(chores.lapsed[0], (Binding{peer(1), kFirst}));
    EXPECT_TRUE(channels.upkeep(kStart + 601s).lapsed.empty()) << "said once";
}

TEST(Channels, HeardOnesAreReboundAt300SecondsOneAtATime) {
    Channels channels = with_one_bound();
    channels.heard(kFirst, kStart + 10s);
    EXPECT_EQ(channels.deadline(), kStart + 300s);
    EXPECT_TRUE(channels.upkeep(kStart + 300s - 1ns).rebind.empty());
    const auto chores = channels.upkeep(kStart + 300s);
    ASSERT_EQ(chores.rebind.size(), 1U);
    EXPECT_TRUE(channels.upkeep(kStart + 301s).rebind.empty()) << "in flight";
    EXPECT_EQ(channels.number_of(peer(1), kStart + 301s), kFirst) << "usable meanwhile";
    EXPECT_EQ(channels.confirm(chores.rebind[0], kStart + 301s), Channels::Confirmed::again);
    EXPECT_TRUE(channels.upkeep(kStart + 700s).rebind.empty()) << "unheard since";
    EXPECT_TRUE(channels.peer_of(kFirst, kStart + 301s + 600s - 1ns));
}

TEST(Channels, HeardLateAreReboundAtOnce) {
    Channels channels = with_one_bound();
    static_cast<void>(channels.upkeep(kStart + 400s));
    channels.heard(kFirst, kStart + 450s);
    EXPECT_LE(channels.deadline(), kStart + 450s);
    EXPECT_EQ(channels.upkeep(kStart + 450s).rebind.size(), 1U);
}

TEST(Channels, KeepTheNumberForTheSamePeerUntil900Seconds) {
    Channels channels = with_one_bound();
    static_cast<void>(channels.upkeep(kStart + 600s));
    const auto again = channels.start(peer(1), kStart + 899s);
    EXPECT_EQ(again, (Binding{peer(1), kFirst}));
    EXPECT_FALSE(channels.upkeep(kStart + 900s).rebind.size());
    EXPECT_FALSE(channels.deadline()) << "the bind on its way decides";
    EXPECT_EQ(channels.confirm(*again, kStart + 901s), Channels::Confirmed::anew);
    EXPECT_EQ(channels.number_of(peer(1), kStart + 901s), kFirst);
}

TEST(Channels, FreeTheNumberAt900Seconds) {
    Channels channels = with_one_bound();
    static_cast<void>(channels.upkeep(kStart + 600s));
    EXPECT_EQ(channels.deadline(), kStart + 900s);
    static_cast<void>(channels.upkeep(kStart + 900s));
    EXPECT_FALSE(channels.deadline());
    EXPECT_EQ(channels.start(peer(1), kStart + 900s)->number, kSecond);
}

TEST(Channels, ARefusedPeerGetsAnotherNumberAfterTwoSeconds) {
    Channels channels;
    const auto binding = channels.start(peer(1), kStart);
    EXPECT_EQ(channels.refuse(*binding, kStart), Channels::Refused::unused);
    EXPECT_FALSE(channels.number_of(peer(1), kStart));
    EXPECT_FALSE(channels.start(peer(1), kStart + 2s - 1ns));
    EXPECT_EQ(channels.start(peer(1), kStart + 2s)->number, kSecond);
}

TEST(Channels, ReportsOfForgottenBindingsChangeNothing) {
    Channels channels = with_one_bound();
    EXPECT_EQ(channels.confirm({peer(2), kFirst}, kStart), Channels::Confirmed::again);
    EXPECT_EQ(channels.refuse({peer(1), kSecond}, kStart), Channels::Refused::unused);
    EXPECT_EQ(channels.number_of(peer(1), kStart), kFirst);
    EXPECT_FALSE(channels.number_of(peer(2), kStart));
}

TEST(Channels, ForgettingNamesTheUsableAndThoseToBindAgain) {
    Channels channels = with_one_bound();
    static_cast<void>(channels.start(peer(2), kStart));
    const auto refused = channels.start(peer(3), kStart);
    channels.refuse(*refused, kStart);
    const auto forgotten = channels.forget_all(kStart);
    ASSERT_EQ(forgotten.usable.size(), 1U);
    EXPECT_EQ(forgotten.usable[0].peer, peer(1));
    EXPECT_EQ(forgotten.peers, (std::vector{peer(1), peer(2)}));
    EXPECT_FALSE(channels.number_of(peer(1), kStart));
    EXPECT_FALSE(channels.deadline());
}

}  // namespace
}  // namespace fz::turn
