#include "app/peer_list.h"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "unit/app/fixed_roster.h"
#include "unit/wire/packets.h"

namespace fz::app {
namespace {

using tunnel::PeerRow;

constexpr Instant kNow{1000s};

Uuid id(std::uint32_t number) {
    Uuid made;
    store_be(made.bytes.data() + 12, number);
    return made;
}

wire::SocketAddr at(std::string_view text) { return wire::SocketAddr::parse(text).value(); }

PeerRow connecting(std::uint32_t slot) {
    PeerRow row;
    row.slot = slot;
    row.id = id(slot);
    row.addresses = {test::ip("100.64.0.2"), test::ip("fd00:2021:1111::2")};
    row.age = 1'500us;
    return row;
}

/// As large as a gateway makes them: every byte of every text is one to escape.
PeerRow hostile(std::uint32_t slot, char byte) {
    PeerRow row = connecting(slot);
    const wire::SocketAddr longest = at("[fd00:2021:1111:2222:3333:4444:5555:6666]:65535");
    row.addresses.v6 = longest.ip;
    row.pair = {longest, ice::CandidateKind::prflx, longest, ice::CandidateKind::relay};
    row.relay = id(1);
    row.round_trip = row.since_handshake = row.age = Duration::max();
    row.received = row.sent = {~std::uint64_t{0}, ~std::uint64_t{0}};
    row.grant_count = ~std::size_t{0};
    const std::string text(PeerRow::kListedText, byte);
    for (std::size_t i = 0; i < PeerRow::kListedGrants; ++i)
        row.grants.push_back({id(2), text, text, UnixSeconds{253'402'300'799s}});
    return row;
}

rapidjson::Document parsed(const std::string& text) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str(), text.size());
    EXPECT_FALSE(document.HasParseError()) << text;
    return document;
}

TEST(PeerList, OfNobodyIsEmpty) {
    EXPECT_EQ(peer_list(test::FixedRoster(), 0, kNow), R"({"next":null,"peers":[]})");
}

TEST(PeerList, SpellsEverythingThatIsKnown) {
    test::FixedRoster roster;
    PeerRow row = connecting(3);
    row.pair = {at("192.0.2.7:50001"), ice::CandidateKind::relay, at("[2001:db8::5]:40000"),
                ice::CandidateKind::srflx};
    row.relay = id(9);
    row.round_trip = 20'500us;
    row.since_handshake = 61s;
    row.received = {3, 4000};
    row.sent = {5, 6'000'000'000};
    row.grants = {{id(1), "wiki \"old\"", "10.1.0.0/16", UnixSeconds{1'780'000'000s}},
                  {id(2), "all", "internet", std::nullopt}};
    row.grant_count = 20;
    roster.rows = {row};
    EXPECT_EQ(peer_list(roster, 0, kNow),
              R"({"next":null,"peers":[{"slot":3,"id":"00000000-0000-0000-0000-000000000003",)"
              R"("v4":"100.64.0.2","v6":"fd00:2021:1111::2","path":"relayed",)"
              R"("local":{"address":"192.0.2.7:50001","kind":"relay"},)"
              R"("remote":{"address":"[2001:db8::5]:40000","kind":"srflx"},)"
              R"("relay":"00000000-0000-0000-0000-000000000009",)"
              R"("rtt_us":20500,"age_ms":1,"handshake_age_ms":61000,)"
              R"("received":{"packets":3,"bytes":4000},"sent":{"packets":5,"bytes":6000000000},)"
              R"("resource_count":20,"resources":[{"id":"00000000-0000-0000-0000-000000000001",)"
              R"("name":"wiki \"old\"","address":"10.1.0.0/16","expires_at":1780000000},)"
              R"({"id":"00000000-0000-0000-0000-000000000002","name":"all","address":"internet",)"
              R"("expires_at":null}]}]})");
}

TEST(PeerList, WhatIsNotKnownIsNull) {
    test::FixedRoster roster;
    roster.rows = {connecting(0)};
    const auto document = parsed(peer_list(roster, 0, kNow));
    const auto& peer = document["peers"][0];
    EXPECT_STREQ(peer["path"].GetString(), "connecting");
    for (const char* key : {"local", "remote", "relay", "rtt_us", "handshake_age_ms"})
        EXPECT_TRUE(peer[key].IsNull()) << key;
    EXPECT_EQ(peer["resources"].Size(), 0U);
}

/// Every slot, asked for as an operator's tool does.
std::vector<std::uint32_t> slots_of(const tunnel::Roster& roster) {
    std::vector<std::uint32_t> slots;
    for (std::uint32_t from = 0;;) {
        const std::string text = peer_list(roster, from, kNow);
        EXPECT_LE(text.size(), kMaxPeerList);
        const auto document = parsed(text);
        for (const auto& peer : document["peers"].GetArray())
            slots.push_back(peer["slot"].GetUint());
        if (document["next"].IsNull()) return slots;
        if (document["next"].GetUint() <= from) {
            ADD_FAILURE() << "no progress from " << from;
            return slots;
        }
        from = document["next"].GetUint();
    }
}

TEST(PeerList, PagesHoldEveryPeerOnce) {
    test::FixedRoster roster;
    std::vector<std::uint32_t> slots;
    for (std::uint32_t i = 0; i < 300; ++i) slots.push_back(3 * i);
    for (const std::uint32_t slot : slots) roster.rows.push_back(connecting(slot));
    EXPECT_EQ(slots_of(roster), slots);
}

TEST(PeerList, StaysValidAndBoundedWhateverNamesAre) {
    for (const char byte : {'\0', '\x1f', '"', '\\', '\x7f', '\x80', '\xe2', '\xff'}) {
        test::FixedRoster roster;
        std::vector<std::uint32_t> slots;
        for (std::uint32_t slot = 0; slot < 20; ++slot) {
            slots.push_back(slot);
            roster.rows.push_back(hostile(slot, byte));
        }
        EXPECT_EQ(slots_of(roster), slots);
    }
}

TEST(PeerList, ALargeRowEndsAPageBeforeItAndBeginsTheNext) {
    test::FixedRoster roster;
    for (std::uint32_t slot = 0; slot < 5; ++slot) roster.rows.push_back(hostile(slot, '\0'));
    const auto document = parsed(peer_list(roster, 0, kNow));
    EXPECT_EQ(document["next"].GetUint(), document["peers"].Size());
}

}  // namespace
}  // namespace fz::app
