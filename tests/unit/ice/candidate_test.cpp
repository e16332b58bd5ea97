#include "ice/candidate.h"

#include <gtest/gtest.h>

namespace fz::ice {
namespace {

using wire::Family;
using wire::IpAddr;
using wire::SocketAddr;

SocketAddr at(std::string_view text) { return *SocketAddr::parse(text); }

std::string without_foundation(const Candidate& candidate) {
    const std::string line = candidate.to_string();
    return line.substr(line.find(' ') + 1);
}

TEST(Candidate, ParsesLinesOfDeployedAgents) {
    const auto srflx = Candidate::parse(
        "candidate:7854631899965427361 1 udp 1694498559 172.28.0.100 47717 typ srflx");
    ASSERT_TRUE(srflx);
    EXPECT_EQ(srflx->kind, CandidateKind::srflx);
    EXPECT_EQ(srflx->address, at("172.28.0.100:47717"));
    EXPECT_EQ(srflx->priority, 1694498559U);
    EXPECT_EQ(srflx->foundation, "7854631899965427361");
    EXPECT_FALSE(srflx->ufrag);

    const auto host = Candidate::parse(
        "candidate:fffeff7e5e895846293d220a 1 udp 2130706175 1.2.3.4 9876 typ host ufrag "
        "myuserfrag");
    ASSERT_TRUE(host);
    EXPECT_EQ(host->kind, CandidateKind::host);
    EXPECT_EQ(host->ufrag, "myuserfrag");
}

TEST(Candidate, ParsesIpv6WithoutBrackets) {
    const auto relay = Candidate::parse(
        "candidate:1 1 UDP 37748735 2001:db8::7 50001 typ relay raddr :: rport 0 ufrag ae2f");
    ASSERT_TRUE(relay);
    EXPECT_EQ(relay->address, at("[2001:db8::7]:50001"));
    EXPECT_EQ(relay->ufrag, "ae2f");
}

TEST(Candidate, IgnoresExtensionsAndTrailingText) {
    const auto candidate = Candidate::parse(
        "candidate:1 1 udp 1 10.0.0.1 5 typ host tcptype active generation 0 network-id 3 "
        "ufrag abcd network-cost 10 something else entirely");
    ASSERT_TRUE(candidate);
    EXPECT_EQ(candidate->ufrag, "abcd");
    EXPECT_TRUE(Candidate::parse("candidate:1 1 udp 1 10.0.0.1 5 typ host ufrag"));
    EXPECT_TRUE(
        Candidate::parse("candidate:1 1 udp 1 10.0.0.1 5 typ srflx raddr nonsense rport x"));
}

TEST(Candidate, RefusesWhatIsNotACandidateForUs) {
    for (const std::string_view line : {
             "",
             "candidate:",
             "candidate:1",
             "candidate:1 1 udp 1 10.0.0.1 5 typ",
             "candidate:1 1 udp 1 10.0.0.1 5 kind host",
             "candidate:1 1 udp 1 10.0.0.1 5 typ wormhole",
             "candidate:1 2 udp 1 10.0.0.1 5 typ host",
             "candidate:1 1 tcp 1 10.0.0.1 5 typ host",
             "candidate:1 1 udp 4294967296 10.0.0.1 5 typ host",
             "candidate:1 1 udp -1 10.0.0.1 5 typ host",
             "candidate:1 1 udp 1 name.local 5 typ host",
             "candidate:1 1 udp 1 10.0.0.1 65536 typ host",
             "candidate:1 1 udp 1 10.0.0.1 0 typ host",
             "candidate:1 1 udp 1 0.0.0.0 5 typ host",
             "candidate:a_b 1 udp 1 10.0.0.1 5 typ host",
             "candidate:012345678901234567890123456789012 1 udp 1 10.0.0.1 5 typ host",
             "a=candidate:1 1 udp 1 10.0.0.1 5 typ host",
         })
        EXPECT_FALSE(Candidate::parse(line)) << line;
}

TEST(Candidate, WritesHostAsUpstream) {
    Candidate host = *Candidate::host(at("192.0.2.10:52625"));
    host.ufrag = "ae2f";
    EXPECT_EQ(without_foundation(host), "1 udp 2130706175 192.0.2.10 52625 typ host ufrag ae2f");
}

TEST(Candidate, WritesServerReflexiveWithoutUfragAndWithASpoofedBase) {
    const auto v4 = Candidate::server_reflexive(at("203.0.113.9:40000"), at("10.0.0.2:52625"));
    EXPECT_EQ(without_foundation(*v4),
              "1 udp 1694498559 203.0.113.9 40000 typ srflx raddr 0.0.0.0 rport 0");
    const auto v6 = Candidate::server_reflexive(at("[2001:db8::9]:4"), at("[fd00::2]:52625"));
    EXPECT_EQ(without_foundation(*v6), "1 udp 1694498815 2001:db8::9 4 typ srflx raddr :: rport 0");
}

TEST(Candidate, WritesRelayAsUpstream) {
    Candidate relay = *Candidate::relayed(at("198.51.100.7:50001"), Family::v4);
    relay.ufrag = "ae2f";
    EXPECT_EQ(without_foundation(relay),
              "1 udp 37748479 198.51.100.7 50001 typ relay raddr 0.0.0.0 rport 0 ufrag ae2f");
}

TEST(Candidate, ReadsWhatItWrites) {
    Candidate relay = *Candidate::relayed(at("[2001:db8::7]:50001"), Family::v4);
    relay.ufrag = "gatw";
    const auto read = Candidate::parse(relay.to_string());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->to_string(), relay.to_string());
    EXPECT_EQ(read->foundation, relay.foundation);
}

TEST(Candidate, FoundationTellsKindAndBaseApart) {
    const Candidate host = *Candidate::host(at("10.0.0.2:52625"));
    EXPECT_EQ(host.foundation, Candidate::host(at("10.0.0.2:1"))->foundation);
    EXPECT_NE(host.foundation, Candidate::host(at("10.0.0.3:52625"))->foundation);
    EXPECT_NE(host.foundation,
              Candidate::server_reflexive(at("192.0.2.1:1"), at("10.0.0.2:1"))->foundation);
    EXPECT_LE(host.foundation.size(), 32U);
}

TEST(Candidate, RefusesAddressesNobodyCanSendTo) {
    for (const std::string_view text : {"169.254.1.1:1", "255.255.255.255:1", "224.0.0.1:1",
                                        "0.0.0.0:1", "[ff02::1]:1", "[::]:1", "192.0.2.1:0"})
        EXPECT_FALSE(Candidate::host(at(text))) << text;
    for (const std::string_view text : {"127.0.0.1:1", "10.0.0.1:1", "[::1]:1", "[fd00::1]:1"})
        EXPECT_TRUE(Candidate::host(at(text))) << text;
}

TEST(Candidate, ServerReflexiveSharesItsBasesFamily) {
    EXPECT_FALSE(Candidate::server_reflexive(at("192.0.2.1:1"), at("[fd00::1]:1")));
}

}  // namespace
}  // namespace fz::ice
