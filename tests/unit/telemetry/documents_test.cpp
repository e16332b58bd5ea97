// A snapshot as JSON, there and back, and as Prometheus reads it.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "telemetry/prometheus.h"
#include "telemetry/snapshot_json.h"
#include "unit/telemetry/snapshots.h"

namespace fz::telemetry {
namespace {

using namespace fz::test;

Snapshot full() {
    Snapshot snapshot = busy_gateway(2);
    snapshot.facts.interfaces[0].why = "a \"quoted\"\nreason\\";
    snapshot.facts.ring_count = 1;
    snapshot.facts.rings[0].frames[2] = 77;
    snapshot.facts.rings[0].rx_ring_full = 9;
    snapshot.workers[1].batch_sizes.add(5);
    snapshot.workers[1].packets.keepalives = ~std::uint64_t{0};
    return snapshot;
}

TEST(SnapshotJsonTest, ComesBackAsItWas) {
    const Snapshot before = full();
    const std::string text = to_json(before);
    const auto after = from_json(text);
    ASSERT_TRUE(after);
    EXPECT_EQ(to_json(*after), text);
    EXPECT_EQ(after->taken_at, before.taken_at);
    EXPECT_EQ(after->facts.interfaces[0].why.view(), "a \"quoted\"\nreason\\");
    EXPECT_EQ(after->facts.rings[0].frames[2], 77U);
    EXPECT_EQ(after->workers[0].packets.to_resource.drops,
              before.workers[0].packets.to_resource.drops);
    EXPECT_EQ(after->workers[1].packets.keepalives, ~std::uint64_t{0});
    EXPECT_EQ(after->workers[1].batch_sizes.counts, before.workers[1].batch_sizes.counts);
    EXPECT_EQ(after->workers[1].batch_sizes.sum, 5U);
}

TEST(SnapshotJsonTest, WhatIsNoSnapshotIsRefused) {
    for (const char* text : {"", "x", "[]", "{}", "7", R"({"format":2,"gateway":{}})",
                             R"({"format":1})", "{\"format\":1,\"gateway\":{}"})
        EXPECT_FALSE(from_json(text)) << text;
    EXPECT_TRUE(from_json(R"({"format":1,"gateway":{}})"));
}

TEST(SnapshotJsonTest, CutAnywhereItIsRefused) {
    const std::string text = to_json(full());
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(from_json(std::string_view(text).substr(0, size))) << size;
}

TEST(SnapshotJsonTest, MembersOfAnotherKindAreIgnored) {
    const auto read = from_json(
        R"({"format":1,"taken_at_ns":-1,"gateway":{"version":7,"portal":"elsewhere","relays":"x"},)"
        R"("interfaces":{},"rings":[7,null],"workers":[{"to_resource":[],"turns":1.5,"turn_us":[1,"x"]}]})");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->facts.relays, 0U);
    EXPECT_EQ(read->facts.portal, PortalState::connecting);
    EXPECT_EQ(read->facts.ring_count, 2U);
    ASSERT_EQ(read->workers.size(), 1U);
    EXPECT_EQ(read->workers[0].turns, 0U);
    EXPECT_EQ(read->workers[0].turn_us.counts[0], 1U);
}

TEST(PrometheusTest, NamesValuesAndLabels) {
    const std::string text = prometheus_text(full());
    for (const char* line :
         {"# TYPE firezone_gateway_packets_received_total counter\n",
          "\nfirezone_gateway_packets_received_total{direction=\"to_resource\",queue=\"0\"} 208\n",
          "\nfirezone_gateway_packets_dropped_total{cause=\"ring_full\",direction=\"to_resource\","
          "queue=\"0\"} 6\n",
          "\nfirezone_gateway_packets_dropped_total{cause=\"bad_tag\",direction=\"to_client\","
          "queue=\"1\"} 0\n",
          "\nfirezone_gateway_xdp_rx_ring_full_total{interface=\"eth0\",rx_queue=\"0\"} 9\n",
          "\nfirezone_gateway_portal_joined 1\n", "\nfirezone_gateway_portal_state_seconds 101\n",
          "\nfirezone_gateway_uptime_seconds 102\n",
          "\nfirezone_gateway_peers{path=\"relayed\"} 3\n",
          "why=\"a \\\"quoted\\\"\\nreason\\\\\"} 1\n",
          "\nfirezone_gateway_xdp_frames_total{interface=\"eth0\",rx_queue=\"0\",verdict=\"passed_"
          "no_"
          "socket\"} 77\n",
          "\nfirezone_gateway_batch_packets_bucket{queue=\"1\",le=\"3\"} 0\n",
          "\nfirezone_gateway_batch_packets_bucket{queue=\"1\",le=\"7\"} 1\n",
          "\nfirezone_gateway_batch_packets_bucket{queue=\"1\",le=\"+Inf\"} 1\n",
          "\nfirezone_gateway_batch_packets_sum{queue=\"1\"} 5\n",
          "\nfirezone_gateway_batch_packets_count{queue=\"1\"} 1\n"})
        EXPECT_NE(text.find(line), std::string::npos) << line;
}

TEST(PrometheusTest, EachFamilyHasOneHeadAndEachLineAValue) {
    const std::string text = prometheus_text(full());
    std::set<std::string> heads;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = text.find('\n', begin);
        ASSERT_NE(end, std::string::npos);
        const std::string line = text.substr(begin, end - begin);
        begin = end + 1;
        if (line.starts_with("# TYPE ")) {
            EXPECT_TRUE(heads.insert(line.substr(0, line.find(' ', 7))).second) << line;
        }
        if (!line.starts_with("#")) {
            EXPECT_TRUE(line.starts_with("firezone_gateway_")) << line;
            EXPECT_NE(line.find_last_of(' '), std::string::npos) << line;
        }
    }
    EXPECT_GT(heads.size(), 15U);
}

TEST(PrometheusTest, ALabelThatWasCutInsideACharacterIsStillText) {
    Snapshot snapshot = idle_gateway();
    snapshot.facts.interfaces[0].name = std::string(15, 'x') + "\xc3\xa4";
    snapshot.facts.interfaces[0].why = "\x1b[2J\xff\xc3\xa4\r";
    const std::string text = prometheus_text(snapshot);
    EXPECT_NE(text.find("interface=\"xxxxxxxxxxxxxxx\xef\xbf\xbd\""), std::string::npos);
    EXPECT_NE(text.find("why=\"?[2J\xef\xbf\xbd\xc3\xa4?\""), std::string::npos);
}

/// The most there can be: it is written by the thread that also keeps the portal.
TEST(PrometheusTest, TheLargestGatewayIsBoundedAndNoSampleIsThereTwice) {
    Snapshot snapshot = busy_gateway(64);
    GatewayFacts& facts = snapshot.facts;
    facts.interface_count = facts.interfaces.size();
    for (std::size_t i = 0; i < facts.interfaces.size(); ++i) {
        facts.interfaces[i].name = "interface-" + std::to_string(i);
        facts.interfaces[i].why = std::string(256, '\n');
    }
    facts.ring_count = facts.rings.size();
    for (std::size_t i = 0; i < facts.rings.size(); ++i) facts.rings[i].queue = i;
    const std::string text = prometheus_text(snapshot);
    EXPECT_LT(text.size(), std::size_t{2} << 20);
    std::set<std::string> samples;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("#")) continue;
        EXPECT_TRUE(samples.insert(line.substr(0, line.rfind(' '))).second) << line;
    }
    EXPECT_GT(samples.size(), 64U * dataplane::kDropCount);
}

}  // namespace
}  // namespace fz::telemetry
