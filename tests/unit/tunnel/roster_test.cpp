// What an operator is told of clients that are still connecting; those with a path are in
// tests/sim.
#include "tunnel/roster.h"

#include <gtest/gtest.h>

#include "crypto/x25519.h"
#include "tunnel/gateway.h"
#include "unit/policy/resources.h"

namespace fz::tunnel {
namespace {

constexpr UnixSeconds kNextYear{1'780'000'000s};

Uuid client_id(int number) {
    Uuid id;
    store_be(id.bytes.data(), static_cast<std::uint32_t>(number));
    return id;
}

class RosterTest : public ::testing::Test {
  protected:
    RosterTest() {
        tell(portal::Init{
            {{test::ip("100.64.0.1"), test::ip("fd00:2021:1111::1")}, {}, {}},
            {{test::id(50), {wire::SocketAddr::parse("192.0.2.1:3478"), {}}, "user", "pw", {}}},
            {},
            {}});
    }

    template <typename Message>
    void tell(Message message) {
        gateway.handle_portal(portal::GatewayIngress{std::move(message)}, now);
    }
    void authorize(int client, const policy::Resource& resource = test::cidr(1, "10.1.0.0/16"),
                   std::optional<UnixSeconds> expires_at = std::nullopt) {
        tell(portal::AuthorizeFlow{"ref",
                                   resource,
                                   {client_id(client),
                                    crypto::PublicKey{{std::byte{9}}},
                                    {},
                                    {test::ip("100.64.0.2"), test::ip("fd00:2021:1111::2")}},
                                   {"cccc", "client password 22 ch."},
                                   {"gggg", "gateway password 22 ch"},
                                   expires_at});
    }
    void dismiss(int client) { tell(portal::RejectAccess{client_id(client), test::id(1)}); }
    PeerRow only_row() {
        const PeerPage page = roster.peers(0, 10, now.instant);
        EXPECT_EQ(page.rows.size(), 1U);
        return page.rows.at(0);
    }

    Now now{Instant{1000s}, UnixTime{1'750'000'000s}};
    crypto::Random random{crypto::Secret{}};
    Gateway gateway{crypto::generate_key_pair(random), random};
    const Roster& roster = gateway;
};

TEST_F(RosterTest, NobodyIsListedAtFirst) {
    const PeerPage page = roster.peers(0, 10, now.instant);
    EXPECT_TRUE(page.rows.empty());
    EXPECT_FALSE(page.next);
    EXPECT_EQ(roster.summary(), (RosterSummary{.relays = 1}));
}

TEST_F(RosterTest, AClientIsListedWhileItIsConnecting) {
    authorize(1, test::cidr(1, "10.1.0.0/16"), kNextYear);
    now.instant += 3s;
    const PeerRow row = only_row();
    EXPECT_EQ(row.id, client_id(1));
    EXPECT_EQ(row.addresses.v4, test::ip("100.64.0.2"));
    EXPECT_EQ(row.addresses.v6, test::ip("fd00:2021:1111::2"));
    EXPECT_EQ(row.path(), PathKind::connecting);
    EXPECT_EQ(row.age, 3s);
    EXPECT_FALSE(row.pair || row.relay || row.round_trip || row.since_handshake);
    EXPECT_EQ(row.received, dataplane::Traffic{});
    EXPECT_EQ(row.sent, dataplane::Traffic{});
    ASSERT_EQ(row.grants.size(), 1U);
    EXPECT_EQ(row.grants[0].id, test::id(1));
    EXPECT_EQ(row.grants[0].name, "10.1.0.0/16");
    EXPECT_EQ(row.grants[0].address, "10.1.0.0/16");
    EXPECT_EQ(row.grants[0].expires_at, kNextYear);
    EXPECT_EQ(roster.summary(), (RosterSummary{.connecting = 1, .relays = 1}));
}

TEST_F(RosterTest, AConnectionWithOtherCredentialsBeginsAnew) {
    authorize(1);
    tell(portal::AuthorizeFlow{"ref",
                               test::cidr(1, "10.1.0.0/16"),
                               {client_id(1), crypto::PublicKey{{std::byte{8}}}, {}, {}},
                               {"dddd", "client password 22 ch."},
                               {"hhhh", "gateway password 22 ch"},
                               std::nullopt});
    EXPECT_EQ(only_row().age, 0s);
    EXPECT_EQ(roster.summary().connecting, 1U);
}

TEST_F(RosterTest, WhoLostTheConnectionIsNotListed) {
    authorize(1);
    now.instant += 11s;  // no candidates came for 10 s
    gateway.handle_timeout(now);
    EXPECT_TRUE(roster.peers(0, 10, now.instant).rows.empty());
    EXPECT_EQ(roster.summary().connecting, 0U);
}

TEST_F(RosterTest, EveryKindOfResourceHasAnAddress) {
    authorize(1, test::cidr(1, "2001:db8::/32"));
    authorize(1, test::dns(2));
    authorize(1, test::internet(3));
    const PeerRow row = only_row();
    ASSERT_EQ(row.grants.size(), 3U);
    EXPECT_EQ(row.grants[0].address, "2001:db8::/32");
    EXPECT_EQ(row.grants[1].address, "*.corp.test");
    EXPECT_EQ(row.grants[2].address, "internet");
    EXPECT_EQ(row.grants[2].name, "Internet");
}

TEST_F(RosterTest, ListsABoundedPartOfWhatThePortalSaid) {
    for (int number = 1; number <= 40; ++number) {
        policy::Resource resource = test::dns(number);
        resource.name = std::string(10'000, 'x');
        resource.target = policy::DnsTarget{std::string(10'000, 'y')};
        authorize(1, resource);
    }
    const PeerRow row = only_row();
    EXPECT_EQ(row.grant_count, 40U);
    ASSERT_EQ(row.grants.size(), 16U);
    EXPECT_EQ(row.grants[15].id, test::id(16));
    EXPECT_EQ(row.grants[15].name, std::string(128, 'x'));
    EXPECT_EQ(row.grants[15].address, std::string(128, 'y'));
}

TEST_F(RosterTest, CutsNamesBetweenCharacters) {
    const auto shown = [this](const std::string& name) {
        policy::Resource resource = test::cidr(1, "10.1.0.0/16");
        resource.name = name;
        authorize(1, resource);
        return only_row().grants.at(0).name;
    };
    const std::string before(126, 'x');
    EXPECT_EQ(shown(before + "\xc3\xa9"), before + "\xc3\xa9");  // 128 bytes
    EXPECT_EQ(shown(before + "\xc3\xa9x"), before + "\xc3\xa9");
    EXPECT_EQ(shown(before + "x\xc3\xa9"), before + "x");
    EXPECT_EQ(shown(before + "\xe2\x82\xac"), before);
    EXPECT_EQ(shown(before + "\xf0\x9f\x98\x80"), before);
    EXPECT_EQ(shown(std::string(200, '\x80')).size(), 125U) << "no UTF-8 at all";
}

class RosterPages : public RosterTest {
  protected:
    static constexpr int kClients = 250;

    RosterPages() {
        for (int client = 0; client < kClients; ++client) authorize(client);
    }
    std::vector<Uuid> listed(std::uint32_t from, std::size_t most) {
        std::vector<Uuid> ids;
        for (std::optional<std::uint32_t> next = from; next;) {
            const PeerPage page = roster.peers(*next, most, now.instant);
            EXPECT_LE(page.rows.size(), most);
            for (const PeerRow& row : page.rows) ids.push_back(row.id);
            EXPECT_TRUE(!page.next || *page.next > *next);
            next = page.next;
        }
        return ids;
    }
};

TEST_F(RosterPages, ListEveryClientOnce) {
    const std::vector<Uuid> ids = listed(0, 64);
    ASSERT_EQ(ids.size(), 250U);
    for (int client = 0; client < kClients; ++client)
        EXPECT_EQ(ids[static_cast<std::size_t>(client)], client_id(client));
    EXPECT_EQ(listed(0, 1), ids);
    EXPECT_EQ(listed(0, 250), ids);
    EXPECT_EQ(roster.summary().connecting, 250U);
}

TEST_F(RosterPages, GoOnWhereAClientHasLeftMeanwhile) {
    const PeerPage first = roster.peers(0, 100, now.instant);
    ASSERT_EQ(first.next, 100U);
    for (const int client : {5, 99, 100, 101}) dismiss(client);
    const PeerPage second = roster.peers(*first.next, 100, now.instant);
    ASSERT_EQ(second.rows.size(), 100U);
    EXPECT_EQ(second.rows[0].id, client_id(102));
    EXPECT_EQ(second.next, 202U);
    EXPECT_EQ(roster.summary().connecting, 246U);
}

TEST_F(RosterPages, AreEmptyBehindTheLastClient) {
    for (const std::uint32_t from : {250U, 1U << 24, ~0U}) {
        const PeerPage page = roster.peers(from, 100, now.instant);
        EXPECT_TRUE(page.rows.empty());
        EXPECT_FALSE(page.next);
    }
}

}  // namespace
}  // namespace fz::tunnel
