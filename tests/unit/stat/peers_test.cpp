// What a gateway tells of its clients, on a screen.
#include "stat/peers.h"

#include <gtest/gtest.h>

#include "stat/table.h"

namespace fz::stat {
namespace {

constexpr std::string_view kTold =
    R"({"next":9,"peers":[{"slot":7,"id":"11111111-2222-3333-4444-555555555555","v4":"100.64.0.2",)"
    R"("v6":"fd00:2021:1111::2","path":"relayed","local":{"address":"192.0.2.10:50000","kind":"relay"},)"
    R"("remote":{"address":"203.0.113.5:40000","kind":"srflx"},"relay":"r1","rtt_us":12345,)"
    R"("age_ms":99000,"handshake_age_ms":61000,"received":{"packets":3,"bytes":1500},)"
    R"("sent":{"packets":1,"bytes":0},"resource_count":3,"resources":[)"
    R"({"id":"a","name":"net\u001b[2J","address":"10.0.0.0/8","expires_at":1000},)"
    R"({"id":"b","name":"web","address":"*.example.com","expires_at":null}]},)"
    R"({"slot":8,"id":"other","path":"connecting","local":null,"remote":null,"relay":null,)"
    R"("rtt_us":null,"handshake_age_ms":null,"resource_count":0,"resources":[]}]})";

Lines joined(std::size_t width) {
    const auto page = telemetry::read_peers(kTold).value();
    return peers(page.peers, width);
}

TEST(PeersTest, ARowForEach) {
    EXPECT_EQ(
        joined(240),
        (Lines{"peer                                  tunnel address  path            rtt      "
               "handshake       up  down  resources  peer's end               our end         "
               "        relay  IPv6",
               "11111111-2222-3333-4444-555555555555  100.64.0.2      relayed     12.3 ms  1 "
               "min 1 s ago  1.50 kB   0 B          3  203.0.113.5:40000 srflx  "
               "192.0.2.10:50000 relay  r1     fd00:2021:1111::2",
               "other                                 -               connecting        -    "
               "      never      0 B   0 B          0  -                        -             "
               "          -      -"}));
}

TEST(PeersTest, FitsTheTerminal) {
    for (const std::size_t width : {20U, 40U, 80U})
        for (const std::string& line : joined(width)) EXPECT_LE(width_of(line), width);
    EXPECT_EQ(peers({}, 80), Lines{"nobody is connected"});
}

TEST(PeersTest, GrantsSayForHowLongAndThatThereAreMore) {
    const auto page = telemetry::read_peers(kTold).value();
    const Lines lines = grants(page.peers, UnixTime(std::chrono::seconds(940)), 120);
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_NE(lines[1].find("net?[2J     10.0.0.0/8     for 1 min"), std::string::npos) << lines[1];
    EXPECT_TRUE(lines[2].ends_with("*.example.com  for ever")) << lines[2];
    EXPECT_NE(lines[3].find("and 1 more"), std::string::npos);
    EXPECT_TRUE(
        grants(page.peers, UnixTime(std::chrono::seconds(1000)), 120)[1].ends_with("expired"));
}

TEST(PeersTest, ThePageSaysWhereToGoOn) {
    const auto page = telemetry::read_peers(kTold).value();
    EXPECT_EQ(page.next, 9U);
    EXPECT_EQ(page.peers[0].round_trip, 12'345us);
    EXPECT_FALSE(telemetry::read_peers(R"({"next":null,"peers":[]})").value().next.has_value());
}

TEST(PeersTest, PagesBecomeOneDocument) {
    const std::vector<std::string> pages{std::string(kTold), R"({"next":null,"peers":[]})",
                                         std::string(kTold)};
    const std::string joined = telemetry::join_peers(pages);
    const auto all = telemetry::read_peers(joined);
    ASSERT_TRUE(all) << joined;
    const std::size_t each = telemetry::read_peers(kTold).value().peers.size();
    ASSERT_EQ(all->peers.size(), 2 * each);
    EXPECT_EQ(all->peers[each].round_trip, 12'345us);
    EXPECT_FALSE(all->next);
    EXPECT_EQ(telemetry::join_peers({}), R"({"peers":[]})");
}

TEST(PeersTest, NonsenseIsRefused) {
    for (std::size_t size = 0; size < kTold.size(); ++size)
        EXPECT_FALSE(telemetry::read_peers(kTold.substr(0, size))) << size;
    for (const char* text : {"[]", "{}", R"({"peers":7})"})
        EXPECT_FALSE(telemetry::read_peers(text));
    const auto odd =
        telemetry::read_peers(R"({"peers":[7,null,{"rtt_us":18446744073709551615,"resources":[)"
                              R"({"expires_at":18446744073709551615}]}]})");
    ASSERT_TRUE(odd);
    EXPECT_TRUE(peers_and_grants(odd->peers, UnixTime{}, 80).back().ends_with("for ever"));
}

}  // namespace
}  // namespace fz::stat
