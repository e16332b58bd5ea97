#include "policy/access.h"

#include <gtest/gtest.h>

#include "unit/policy/resources.h"

namespace fz::policy {
namespace {

using test::access;
using test::allow_tcp;
using test::allow_udp;
using test::Buffer;
using test::cidr;
using test::dns;
using test::Filters;
using test::from_client;
using test::icmp;
using test::inbound;
using test::internet;
using test::kAllowIcmp;
using test::kIcmp;
using test::kIcmpV6;
using test::kTcp;
using test::kUdp;
using test::outbound;
using test::packet;
using test::tcp;
using test::to_client;
using test::udp;
using enum Verdict;

TEST(Verdict, AnswersOnlyWhatAClientCanActOn) {
    for (const Verdict verdict : {source_not_client, hairpin, no_resource, filtered})
        EXPECT_EQ(answer_of(verdict), wire::IcmpAnswer::prohibited);
    EXPECT_EQ(answer_of(private_destination), wire::IcmpAnswer::net_unreachable);
    for (const Verdict verdict : {forward, multicast, not_for_client, reply_filtered})
        EXPECT_EQ(answer_of(verdict), std::nullopt);
}

/// One packet of every type, towards `dst`.
struct Types {
    Buffer tcp_80, udp_80, echo, echo_reply, odd_echo, error, gre;
};
Types types_to(std::string_view dst) {
    const bool v4 = wire::IpAddr::parse(dst)->is_v4();
    const int icmp_protocol = v4 ? kIcmp : kIcmpV6;
    const auto message = [&](int v4_type, int v6_type, int code) {
        return from_client(dst, icmp_protocol, icmp(v4 ? v4_type : v6_type, code, 80));
    };
    return {from_client(dst, kTcp, tcp(50000, 80)),
            from_client(dst, kUdp, udp(50000, 80)),
            message(8, 128, 0),
            message(0, 129, 0),
            message(8, 128, 1),
            message(3, 1, 0),
            from_client(dst, 47, Buffer(12))};
}

TEST(Outbound, PacketTypesAgainstFilters) {
    struct Row {
        const char* what;
        Filters filters;
        Verdict tcp_80, udp_80, icmp, other;
    };
    const Row rows[] = {
        {"no filters", {}, forward, forward, forward, forward},
        {"icmp", {kAllowIcmp}, filtered, filtered, forward, filtered},
        {"tcp 80 and icmp", {allow_tcp(80, 80), kAllowIcmp}, forward, filtered, forward, filtered},
        {"tcp 81", {allow_tcp(81, 81)}, filtered, filtered, filtered, filtered},
        {"udp 1-80", {allow_udp(1, 80)}, filtered, forward, filtered, filtered},
        {"all ports",
         {allow_tcp(0, 65535), allow_udp(0, 65535)},
         forward,
         forward,
         filtered,
         filtered},
    };
    for (const char* dst : {"10.1.2.3", "2001:db8::5"})
        for (const Row& row : rows) {
            SCOPED_TRACE(std::string(row.what) + " to " + dst);
            const Access policy =
                access({cidr(1, "10.0.0.0/8", row.filters), cidr(2, "2001:db8::/32", row.filters)});
            const Types types = types_to(dst);
            EXPECT_EQ(outbound(policy, types.tcp_80), row.tcp_80);
            EXPECT_EQ(outbound(policy, types.udp_80), row.udp_80);
            for (const Buffer& message :
                 {types.echo, types.echo_reply, types.odd_echo, types.error})
                EXPECT_EQ(outbound(policy, message), row.icmp);
            EXPECT_EQ(outbound(policy, types.gre), row.other);
        }
}

TEST(Outbound, TheGatewaysOwnAddressTakesEverythingWithoutAResource) {
    const Access nothing = access({});
    for (const char* own : {"100.64.0.2", "fd00:2021:1111::2"}) {
        const Types types = types_to(own);
        for (const Buffer& bytes : {types.tcp_80, types.udp_80, types.echo, types.echo_reply,
                                    types.odd_echo, types.error, types.gre})
            EXPECT_EQ(outbound(nothing, bytes), forward);
    }
}

TEST(Outbound, TheInternetResourceTakesEveryTypeWhateverOtherFiltersSay) {
    const Access policy = access({internet(1), cidr(2, "203.0.113.0/24", {allow_tcp(22, 22)})});
    for (const char* dst : {"203.0.113.9", "8.8.8.8", "2001:db8::5"}) {
        const Types types = types_to(dst);
        for (const Buffer& bytes : {types.tcp_80, types.udp_80, types.echo, types.echo_reply,
                                    types.odd_echo, types.error, types.gre})
            EXPECT_EQ(outbound(policy, bytes), forward) << dst;
    }
}

TEST(Outbound, WithoutAResourceEverythingIsProhibited) {
    for (const char* dst : {"10.1.2.3", "8.8.8.8", "2001:db8::5"})
        EXPECT_EQ(outbound(access({}), from_client(dst, kUdp, udp(1, 2))), no_resource);
    EXPECT_EQ(
        outbound(access({cidr(1, "10.0.0.0/8")}), from_client("2001:db8::5", kUdp, udp(1, 2))),
        no_resource);
}

TEST(Outbound, TheSourceMustBeTheClientsOwnAddress) {
    const Access policy = access({cidr(1, "10.0.0.0/8"), cidr(2, "2001:db8::/32"), internet(3)});
    for (const auto& [src, dst] :
         {std::pair{"100.64.0.3", "10.0.0.1"}, std::pair{"10.0.0.9", "10.0.0.1"},
          std::pair{"0.0.0.0", "8.8.8.8"}, std::pair{"100.64.0.2", "10.0.0.1"},
          std::pair{"fd00:2021:1111::3", "2001:db8::1"}, std::pair{"::", "2001:db8::1"},
          std::pair{"100.64.0.3", "100.64.0.2"},  // towards the gateway itself, too
          std::pair{"fd00:2021:1111::3", "fd00:2021:1111::2"}})
        EXPECT_EQ(outbound(policy, packet(src, dst, kUdp, udp(1, 2))), source_not_client) << src;
}

TEST(Outbound, AClientWithOneFamilyHasNoOther) {
    Authorizations grants;
    grants.authorize(cidr(1, "2001:db8::/32"), std::nullopt);
    const Access policy = grants.compile({test::ip("100.64.0.1"), std::nullopt},
                                         {test::ip("100.64.0.2"), std::nullopt});
    EXPECT_EQ(outbound(policy, from_client("2001:db8::1", kUdp, udp(1, 2))), source_not_client);
    EXPECT_EQ(outbound(policy, from_client("100.64.0.2", kUdp, udp(1, 2))), forward);
}

TEST(Outbound, OtherTunnelAddressesAreNeverResources) {
    const Access policy = access({internet(1), cidr(2, "0.0.0.0/0"), cidr(3, "::/0"),
                                  cidr(4, "100.64.0.0/11"), cidr(5, "100.64.0.9/32")});
    for (const char* dst : {"100.64.0.9", "100.64.0.1", "100.95.255.255", "fd00:2021:1111::9"})
        EXPECT_EQ(outbound(policy, from_client(dst, kUdp, udp(1, 2))), hairpin) << dst;
}

TEST(Outbound, ProxyAddressesAreProhibitedWhateverCoversThem) {
    const Access policy = access({internet(1), cidr(2, "0.0.0.0/0"), cidr(3, "::/0"), dns(4)});
    for (const char* dst : {"100.96.0.1", "100.127.255.255", "fd00:2021:1111:8000::1"})
        EXPECT_EQ(outbound(policy, from_client(dst, kUdp, udp(1, 2))), no_resource) << dst;
}

TEST(Outbound, MulticastAndBroadcastAreDroppedInSilence) {
    const Access policy = access({internet(1), cidr(2, "0.0.0.0/0"), cidr(3, "::/0")});
    for (const char* dst : {"224.0.0.251", "239.255.255.255", "255.255.255.255", "ff02::fb"})
        EXPECT_EQ(outbound(policy, from_client(dst, kUdp, udp(1, 2))), multicast) << dst;
}

TEST(Outbound, TheInternetEndsAtSpecialNetworks) {
    const Access policy = access({internet(1)});
    for (const char* dst : {"0.0.0.0",
                            "0.1.2.3",
                            "10.0.0.0",
                            "10.255.255.255",
                            "127.0.0.1",
                            "127.255.255.255",
                            "169.254.169.254",
                            "172.16.0.0",
                            "172.31.255.255",
                            "192.168.0.0",
                            "192.168.255.255",
                            "240.0.0.0",
                            "255.255.255.254",
                            "::",
                            "::1",
                            "::ffff:8.8.8.8",
                            "fc00::",
                            "fdff::1",
                            "fd00:2021:1111:8000::20:0",
                            "fe80::1",
                            "febf::1"}) {
        EXPECT_EQ(outbound(policy, from_client(dst, kUdp, udp(1, 2))), private_destination) << dst;
    }
    for (const char* dst : {"1.0.0.0",     "9.255.255.255",   "11.0.0.0",   "100.63.255.255",
                            "100.128.0.0", "126.255.255.255", "128.0.0.0",  "169.253.255.255",
                            "169.255.0.0", "172.15.255.255",  "172.32.0.0", "192.167.255.255",
                            "192.169.0.0", "223.255.255.255", "::2",        "::fffe:808:808",
                            "::1:0:0:0",   "fbff::1",         "fe7f::1",    "fec0::1",
                            "2001:db8::1"})
        EXPECT_EQ(outbound(policy, from_client(dst, kUdp, udp(1, 2))), forward) << dst;
}

TEST(Outbound, APrivateNetworkBesideTheInternetKeepsItsFilters) {
    const Access policy = access({internet(1), cidr(2, "10.0.0.0/8", {allow_tcp(80, 80)})});
    EXPECT_EQ(outbound(policy, from_client("10.0.0.1", kTcp, tcp(1, 80))), forward);
    EXPECT_EQ(outbound(policy, from_client("10.0.0.1", kTcp, tcp(1, 81))), filtered);
    EXPECT_EQ(outbound(policy, from_client("192.168.0.1", kTcp, tcp(1, 80))), private_destination);
}

TEST(Outbound, LoopbackIsNeverReached) {
    const Access policy = access({cidr(1, "0.0.0.0/0"), cidr(2, "127.0.0.0/8"), cidr(3, "::/0")});
    EXPECT_EQ(outbound(policy, from_client("127.0.0.1", kTcp, tcp(1, 80))), private_destination);
    EXPECT_EQ(outbound(policy, from_client("::1", kTcp, tcp(1, 80))), private_destination);
}

TEST(Outbound, FiltersOfAllNetworksAroundTheDestinationAddUp) {
    const Access policy = access({cidr(1, "10.0.0.0/8", {allow_tcp(80, 80)}),
                                  cidr(2, "10.1.0.0/16", {allow_tcp(443, 443)}),
                                  cidr(3, "10.1.1.0/24", {allow_udp(53, 53)})});
    const auto to = [&](const char* dst, const Buffer& payload, int protocol) {
        return outbound(policy, from_client(dst, protocol, payload));
    };
    EXPECT_EQ(to("10.1.1.1", tcp(1, 80), kTcp), forward);
    EXPECT_EQ(to("10.1.1.1", tcp(1, 443), kTcp), forward);
    EXPECT_EQ(to("10.1.1.1", udp(1, 53), kUdp), forward);
    EXPECT_EQ(to("10.1.2.1", tcp(1, 443), kTcp), forward);
    EXPECT_EQ(to("10.1.2.1", udp(1, 53), kUdp), filtered);
    EXPECT_EQ(to("10.2.0.1", tcp(1, 80), kTcp), forward);
    EXPECT_EQ(to("10.2.0.1", tcp(1, 443), kTcp), filtered);  // the broader inherits nothing
}

TEST(Outbound, AnEmptyListAnywhereAroundPermitsEverything) {
    const Access policy =
        access({cidr(1, "10.0.0.0/8"), cidr(2, "10.1.0.0/16", {allow_tcp(80, 80)})});
    EXPECT_EQ(outbound(policy, from_client("10.1.0.1", 47, Buffer(4))), forward);
    const Access inner =
        access({cidr(1, "10.0.0.0/8", {allow_tcp(80, 80)}), cidr(2, "10.1.0.0/16")});
    EXPECT_EQ(outbound(inner, from_client("10.1.0.1", 47, Buffer(4))), forward);
    EXPECT_EQ(outbound(inner, from_client("10.2.0.1", 47, Buffer(4))), filtered);
}

TEST(Outbound, ResourcesOnTheSameNetworkAddUp) {
    std::vector<Resource> resources;
    for (std::uint16_t i = 0; i < 10; ++i)
        resources.push_back(cidr(
            i, "10.0.0.0/8",
            {allow_tcp(static_cast<std::uint16_t>(100 * i), static_cast<std::uint16_t>(100 * i))}));
    const Access policy = access(std::move(resources));
    for (std::uint16_t i = 0; i < 10; ++i) {
        EXPECT_EQ(outbound(policy, from_client("10.0.0.1", kTcp, tcp(1, 100u * i))), forward);
        EXPECT_EQ(outbound(policy, from_client("10.0.0.1", kTcp, tcp(1, 100u * i + 1))), filtered);
    }
}

TEST(Outbound, NetworksReachFromTheFirstToTheLastAddressOfTheSpace) {
    const Access policy = access({cidr(1, "0.0.0.0/0"), cidr(2, "::/0")});
    EXPECT_EQ(outbound(policy, from_client("0.0.0.0", kUdp, udp(1, 2))), forward);
    EXPECT_EQ(outbound(policy, from_client("255.255.255.254", kUdp, udp(1, 2))), forward);
    EXPECT_EQ(outbound(policy, from_client("::", kUdp, udp(1, 2))), forward);
    EXPECT_EQ(outbound(policy, from_client("feff::", kUdp, udp(1, 2))), forward);
    const Access top = access({cidr(1, "255.255.255.254/32"), cidr(2, "feff:ffff::/32")});
    EXPECT_EQ(outbound(top, from_client("255.255.255.253", kUdp, udp(1, 2))), no_resource);
    EXPECT_EQ(outbound(top, from_client("255.255.255.254", kUdp, udp(1, 2))), forward);
    EXPECT_EQ(outbound(top, from_client("feff:ffff::1", kUdp, udp(1, 2))), forward);
}

TEST(Inbound, RepliesAreFilteredByTheirSourcePort) {
    const Access policy = access({cidr(1, "10.0.0.0/8", {allow_tcp(80, 80)})});
    EXPECT_EQ(inbound(policy, to_client("10.0.0.1", kTcp, tcp(80, 50000))), forward);
    EXPECT_EQ(inbound(policy, to_client("10.0.0.1", kTcp, tcp(50000, 80))), reply_filtered);
    EXPECT_EQ(inbound(policy, to_client("10.0.0.1", kUdp, udp(80, 50000))), reply_filtered);
    EXPECT_EQ(inbound(policy, to_client("10.0.0.1", kIcmp, icmp(0, 0))), reply_filtered);
    EXPECT_EQ(inbound(policy, to_client("11.0.0.1", kTcp, tcp(80, 50000))), reply_filtered);
}

TEST(Inbound, OtherProtocolsReturnWhereEverythingIsPermitted) {
    EXPECT_EQ(inbound(access({cidr(1, "10.0.0.0/8")}), to_client("10.0.0.1", 47, Buffer(4))),
              forward);
    EXPECT_EQ(inbound(access({cidr(1, "10.0.0.0/8", {kAllowIcmp})}),
                      to_client("10.0.0.1", 47, Buffer(4))),
              reply_filtered);
}

TEST(Inbound, TheGatewayItselfMaySayAnything) {
    for (const char* own : {"100.64.0.2", "fd00:2021:1111::2"})
        EXPECT_EQ(inbound(access({}), to_client(own, 47, Buffer(4))), forward);
}

TEST(Inbound, OnlyTheClientsOwnAddressesAreServed) {
    const Access policy = access({cidr(1, "10.0.0.0/8"), cidr(2, "2001:db8::/32")});
    EXPECT_EQ(inbound(policy, packet("10.0.0.1", "100.64.0.3", kUdp, udp(1, 2))), not_for_client);
    EXPECT_EQ(inbound(policy, packet("100.64.0.2", "100.64.0.3", kUdp, udp(1, 2))), not_for_client);
    EXPECT_EQ(inbound(policy, packet("2001:db8::1", "fd00:2021:1111::3", kUdp, udp(1, 2))),
              not_for_client);
}

TEST(Inbound, OtherTunnelAddressesAndProxiesMaySayNothing) {
    const Access policy = access({internet(1), cidr(2, "0.0.0.0/0"), cidr(3, "::/0")});
    for (const char* src :
         {"100.64.0.9", "100.96.0.1", "fd00:2021:1111::9", "fd00:2021:1111:8000::1"})
        EXPECT_EQ(inbound(policy, to_client(src, kUdp, udp(1, 2))), reply_filtered) << src;
}

TEST(Inbound, TheInternetAnswersFromPublicAddressesOnly) {
    const Access policy = access({internet(1)});
    EXPECT_EQ(inbound(policy, to_client("8.8.8.8", 47, Buffer(4))), forward);
    EXPECT_EQ(inbound(policy, to_client("2001:db8::1", kTcp, tcp(1, 2))), forward);
    EXPECT_EQ(inbound(policy, to_client("192.168.0.1", kTcp, tcp(1, 2))), reply_filtered);
}

TEST(Inbound, IcmpErrorsPassWhateverTheFiltersAndTheirSource) {
    const Access policy = access({cidr(1, "10.0.0.0/8", {allow_tcp(80, 80)})});
    const Buffer quote = from_client("10.0.0.1", kTcp, tcp(50000, 80));
    const Buffer quote6 = from_client("2001:db8::1", kUdp, udp(50000, 80));
    EXPECT_EQ(inbound(policy, to_client("10.0.0.1", kIcmp, icmp(3, 3, 0, quote))), forward);
    EXPECT_EQ(inbound(policy, to_client("192.0.2.77", kIcmp, icmp(11, 0, 0, quote))), forward);
    EXPECT_EQ(inbound(policy, to_client("2001:db8:9::1", kIcmpV6, icmp(2, 0, 0, quote6))), forward);
}

TEST(Inbound, IcmpErrorsAboutSomeoneElsesPacketAreOrdinaryIcmp) {
    const Buffer quote = packet("100.64.0.3", "10.0.0.1", kTcp, tcp(50000, 80));
    const Buffer error = to_client("10.0.0.1", kIcmp, icmp(3, 3, 0, quote));
    EXPECT_EQ(inbound(access({cidr(1, "10.0.0.0/8", {allow_tcp(80, 80)})}), error), reply_filtered);
    EXPECT_EQ(inbound(access({cidr(1, "10.0.0.0/8", {kAllowIcmp})}), error), forward);
}

}  // namespace
}  // namespace fz::policy
