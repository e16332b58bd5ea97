#include "os/host_network.h"

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

#include "os/firewall.h"
#include "os/sysctl.h"
#include "unit/os/private_netns.h"
#include "wire/firezone_ranges.h"

namespace fz::os {
namespace {

using ::testing::IsNotSubstring;
using ::testing::IsSubstring;

UniqueFd make_tun(const char* name) {
    UniqueFd fd(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    ifreq request{};
    std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    return ::ioctl(fd.get(), TUNSETIFF, &request) == 0 ? std::move(fd) : UniqueFd();
}

class HostNetworkTest : public test::PrivateNetns {
  protected:
    void SetUp() override {
        PrivateNetns::SetUp();
        if (IsSkipped()) return;
        tun_ = make_tun("tun-firezone");
        if (!tun_) GTEST_SKIP() << "no TUN driver";
    }

    static HostNetwork prepared() {
        auto host = HostNetwork::prepare("tun-firezone", Forwarding::on);
        if (!host) ADD_FAILURE() << host.error().to_string();
        return std::move(host).value();
    }

    UniqueFd tun_;
    const wire::PerFamily<wire::IpAddr> addresses_{wire::IpAddr::parse("100.64.0.7"),
                                                   wire::IpAddr::parse("fd00:2021:1111::7")};
    const std::vector<wire::Cidr> routes_{wire::tunnel_range(wire::Family::v4),
                                          wire::tunnel_range(wire::Family::v6)};
};

void expect_no_problems(HostNetwork& host) {
    for (const Error& problem : host.take_problems()) ADD_FAILURE() << problem.to_string();
}

TEST_F(HostNetworkTest, ConfiguresTheDeviceOfBothFamilies) {
    HostNetwork host = prepared();
    ASSERT_TRUE(host.configure(addresses_, routes_));
    expect_no_problems(host);

    const std::string link = output_of("ip link show tun-firezone");
    EXPECT_PRED_FORMAT2(IsSubstring, "mtu 1280", link);
    EXPECT_PRED_FORMAT2(IsSubstring, "qlen 10000", link);
    EXPECT_PRED_FORMAT2(IsSubstring, "UP", link);
    const std::string listed = output_of("ip addr show tun-firezone");
    EXPECT_PRED_FORMAT2(IsSubstring, "inet 100.64.0.7/32", listed);
    EXPECT_PRED_FORMAT2(IsSubstring, "inet6 fd00:2021:1111::7/128", listed);
}

TEST_F(HostNetworkTest, RoutesUnmarkedTrafficIntoTheTunnel) {
    HostNetwork host = prepared();
    ASSERT_TRUE(host.configure(addresses_, routes_));
    EXPECT_PRED_FORMAT2(IsSubstring, "not from all fwmark 0xfd002021 lookup 539098368",
                        output_of("ip -4 rule"));
    EXPECT_PRED_FORMAT2(IsSubstring, "not from all fwmark 0xfd002021 lookup 539098368",
                        output_of("ip -6 rule"));
    EXPECT_PRED_FORMAT2(IsSubstring, "100.64.0.0/11 dev tun-firezone proto static",
                        output_of("ip -4 route show table 539098368"));
    EXPECT_PRED_FORMAT2(IsSubstring, "fd00:2021:1111::/107 dev tun-firezone proto static",
                        output_of("ip -6 route show table 539098368"));
}

TEST_F(HostNetworkTest, ASecondInitReplacesTheAddresses) {
    HostNetwork host = prepared();
    ASSERT_TRUE(host.configure(addresses_, routes_));
    ASSERT_TRUE(host.configure(
        {wire::IpAddr::parse("100.64.0.8"), wire::IpAddr::parse("fd00:2021:1111::8")}, routes_));
    expect_no_problems(host);
    const std::string listed = output_of("ip addr show tun-firezone");
    EXPECT_PRED_FORMAT2(IsSubstring, "100.64.0.8/32", listed);
    EXPECT_PRED_FORMAT2(IsSubstring, "fd00:2021:1111::8/128", listed);
    EXPECT_PRED_FORMAT2(IsNotSubstring, "100.64.0.7", listed);
    EXPECT_PRED_FORMAT2(IsNotSubstring, "fd00:2021:1111::7", listed);
}

TEST_F(HostNetworkTest, ForwardsAndMasqueradesBehindEveryOtherInterface) {
    HostNetwork host = prepared();
    expect_no_problems(host);
    EXPECT_EQ(read_sysctl("net.ipv4.ip_forward"), "1");
    EXPECT_EQ(read_sysctl("net.ipv4.conf.all.src_valid_mark"), "1");
    EXPECT_EQ(read_sysctl("net.ipv6.conf.all.forwarding"), "1");
    const std::string v4 = output_of("nft list table ip firezone");
    EXPECT_PRED_FORMAT2(IsSubstring, "iifname \"tun-firezone\" accept", v4);
    EXPECT_PRED_FORMAT2(IsSubstring, "oifname \"tun-firezone\" accept", v4);
    EXPECT_PRED_FORMAT2(IsSubstring, "ip saddr 100.64.0.0/11 masquerade", v4);
    EXPECT_PRED_FORMAT2(IsSubstring, "ip6 saddr fd00:2021:1111::/107 masquerade",
                        output_of("nft list table ip6 firezone"));
}

TEST_F(HostNetworkTest, WhatACrashLeftIsReplacedNotDoubled) {
    const wire::Cidr clients = *wire::Cidr::parse("100.64.0.0/11");
    ASSERT_TRUE(install_firewall("tun-firezone", clients));
    ASSERT_TRUE(install_firewall("tun-firezone", clients));
    const std::string table = output_of("nft list table ip firezone");
    EXPECT_EQ(table.find("masquerade"), table.rfind("masquerade"));
}

TEST_F(HostNetworkTest, RulesThatKilledGatewaysLeftAreReplacedByOne) {
    constexpr const char* kCount = "for f in -4 -6; do ip $f rule | grep -c fwmark; done";
    output_of(
        "for f in -4 -6; do for i in 1 2 3; do"
        " ip $f rule add not fwmark 0xfd002021 lookup 539098368 protocol kernel priority 2000$i; "
        "done; done");
    {
        HostNetwork host = prepared();
        ASSERT_TRUE(host.configure(addresses_, routes_));
        ASSERT_TRUE(host.configure(addresses_, routes_));
        expect_no_problems(host);
        EXPECT_EQ(output_of(kCount), "1\n1\n");
    }
    EXPECT_EQ(output_of(kCount), "0\n0\n");
}

TEST_F(HostNetworkTest, ACleanExitLeavesNothing) {
    {
        HostNetwork host = prepared();
        ASSERT_TRUE(host.configure(addresses_, routes_));
    }
    EXPECT_EQ(output_of("nft list ruleset"), "");
    EXPECT_PRED_FORMAT2(IsNotSubstring, "0xfd002021", output_of("ip rule; ip -6 rule"));
}

TEST_F(HostNetworkTest, AMissingFamilyDoesNotFailTheOther) {
    HostNetwork host = prepared();
    ASSERT_TRUE(set_sysctl("net.ipv6.conf.tun-firezone.disable_ipv6", "1"));
    ASSERT_TRUE(host.configure(addresses_, routes_));
    EXPECT_EQ(host.take_problems().size(), 1U);
    EXPECT_PRED_FORMAT2(IsSubstring, "100.64.0.7/32", output_of("ip addr show tun-firezone"));
}

TEST_F(HostNetworkTest, AVanishedDeviceIsAnErrorThatNamesIt) {
    HostNetwork host = prepared();
    tun_ = UniqueFd();
    const auto outcome = host.configure(addresses_, routes_);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().what, "cannot find the interface tun-firezone");
    EXPECT_EQ(outcome.error().os_errno, ENODEV);
}

}  // namespace
}  // namespace fz::os
