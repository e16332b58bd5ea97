#include "tunnel/relays.h"

#include <gtest/gtest.h>

#include <set>

namespace fz::tunnel {
namespace {

constexpr Instant kStart{1000s};

wire::SocketAddr addr(std::string_view text) { return wire::SocketAddr::parse(text).value(); }

portal::Relay relay_of(int number, std::string_view v4, std::string_view v6) {
    portal::Relay relay{{}, {addr(v4), addr(v6)}, "user", "password", {}};
    relay.id.bytes[15] = static_cast<std::byte>(number);
    return relay;
}

class RelaysTest : public ::testing::Test {
  protected:
    dataplane::Directory directory;
    crypto::Random random{crypto::Secret{}};
    Relays relays{directory, random};
    const portal::Relay first = relay_of(1, "192.0.2.1:3478", "[2001:db8::1]:3478");
    const portal::Relay second = relay_of(2, "192.0.2.2:3478", "[2001:db8::2]:3478");
    const turn::Address relayed{turn::AddressKind::relayed, addr("192.0.2.1:50000"),
                                addr("192.0.2.1:50000")};
};

TEST_F(RelaysTest, AreFoundByTheExactSocketOfTheirServer) {
    relays.add(first, kStart);
    EXPECT_EQ(relays.of_server(addr("192.0.2.1:3478")), first.id);
    EXPECT_EQ(relays.of_server(addr("[2001:db8::1]:3478")), first.id);
    EXPECT_FALSE(relays.of_server(addr("192.0.2.1:3479")));
    EXPECT_FALSE(relays.of_server(addr("192.0.2.2:3478")));
}

TEST_F(RelaysTest, AreKnownByIdSocketsAndCredentials) {
    EXPECT_FALSE(relays.knows(first));
    relays.add(first, kStart);
    EXPECT_TRUE(relays.knows(first));
    portal::Relay changed = first;
    changed.password = "other";
    EXPECT_FALSE(relays.knows(changed));
    changed = first;
    changed.addr.v6.reset();
    EXPECT_FALSE(relays.knows(changed));
}

TEST_F(RelaysTest, ShowThePacketPathTheirServers) {
    EXPECT_EQ(directory.relays(), nullptr);
    relays.add(first, kStart);
    relays.add(second, kStart);
    const auto* server = directory.relays()->find(addr("192.0.2.2:3478"));
    ASSERT_NE(server, nullptr);
    EXPECT_EQ(server->channels, relays.find(second.id)->channels.get());
    relays.remove(second.id);
    EXPECT_EQ(directory.relays()->find(addr("192.0.2.2:3478")), nullptr);
    EXPECT_NE(directory.relays()->find(addr("[2001:db8::1]:3478")), nullptr);
}

TEST_F(RelaysTest, ARemovedOneStaysInTheGraveyardUntilWorkersAreQuiet) {
    relays.add(first, kStart);
    const std::size_t before = directory.graveyard().size();
    relays.remove(first.id);
    EXPECT_GE(directory.graveyard().size(), before + 2) << "its channels and the old table";
    EXPECT_EQ(relays.find(first.id), nullptr);
    relays.remove(first.id);
}

TEST_F(RelaysTest, RelayedAddressesBelongToTheirRelay) {
    relays.add(first, kStart);
    EXPECT_FALSE(relays.of_relayed(relayed.address));
    relays.on_address_added(first.id, relayed);
    EXPECT_EQ(relays.of_relayed(relayed.address), first.id);
    relays.on_address_invalidated(first.id, relayed);
    EXPECT_FALSE(relays.of_relayed(relayed.address));
}

TEST_F(RelaysTest, BoundChannelsCarryDataUntilUnbound) {
    relays.add(first, kStart);
    auto& channels = *relays.find(first.id)->channels;
    EXPECT_FALSE(channels.use(wire::kFirstChannel));
    relays.on_channel_bound(first.id, wire::kFirstChannel);
    EXPECT_TRUE(channels.use(wire::kFirstChannel));
    relays.on_channel_unbound(first.id, wire::kFirstChannel);
    EXPECT_FALSE(channels.use(wire::kFirstChannel));
}

TEST_F(RelaysTest, PicksEachOfThemNowAndThen) {
    EXPECT_FALSE(relays.pick());
    relays.add(first, kStart);
    relays.add(second, kStart);
    std::set<RelayId> picked;
    for (int i = 0; i < 64; ++i) picked.insert(*relays.pick());
    EXPECT_EQ(picked.size(), 2u);
}

}  // namespace
}  // namespace fz::tunnel
