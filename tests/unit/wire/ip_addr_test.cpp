#include "wire/ip_addr.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/wire/packets.h"

namespace fz::wire {
namespace {

using test::ip;

TEST(IpAddr, ReadsAndPrintsBothFamilies) {
    EXPECT_EQ(ip("10.1.2.3").to_string(), "10.1.2.3");
    EXPECT_EQ(ip("2001:DB8:0:0::1").to_string(), "2001:db8::1");
    EXPECT_TRUE(ip("10.1.2.3").is_v4());
    EXPECT_TRUE(ip("::").is_v6());
    EXPECT_EQ(ip("10.1.2.3"), IpAddr::v4(10, 1, 2, 3));
    EXPECT_EQ(IpAddr(), ip("0.0.0.0"));
}

TEST(IpAddr, ReadsNothingElse) {
    for (const char* text : {"", "10.1.2", "10.1.2.3.4", "10.1.2.256", "10.1.2.3/8", "[::1]",
                             "fe80::1%eth0", "10.1.2.3:80", " 10.1.2.3", "localhost"})
        EXPECT_FALSE(IpAddr::parse(text)) << text;
    EXPECT_FALSE(IpAddr::parse(std::string(1000, ':')));
}

TEST(IpAddr, BytesAreInNetworkOrder) {
    EXPECT_EQ(ip("1.2.3.4").bytes().size(), 4u);
    EXPECT_EQ(ip("1.2.3.4").bytes()[0], std::byte{1});
    EXPECT_EQ(ip("2001:db8::7").bytes().size(), 16u);
    EXPECT_EQ(ip("2001:db8::7").bytes()[15], std::byte{7});
    for (const char* text : {"203.0.113.9", "2001:db8::7"})
        EXPECT_EQ(IpAddr::from_bytes(ip(text).bytes()), ip(text));
}

TEST(IpAddr, FamiliesNeverCompareEqual) {
    EXPECT_NE(IpAddr::any(Family::v4), IpAddr::any(Family::v6));
    EXPECT_LT(ip("255.255.255.255"), ip("::"));
    EXPECT_LT(ip("10.0.0.9"), ip("10.0.0.10"));
}

TEST(IpAddr, KnowsSpecialAddresses) {
    EXPECT_TRUE(ip("0.0.0.0").is_unspecified());
    EXPECT_TRUE(ip("::").is_unspecified());
    EXPECT_FALSE(ip("::1").is_unspecified());
    EXPECT_TRUE(ip("127.8.8.8").is_loopback());
    EXPECT_TRUE(ip("::1").is_loopback());
    EXPECT_FALSE(ip("128.0.0.1").is_loopback());
    EXPECT_FALSE(ip("::2").is_loopback());
    EXPECT_TRUE(ip("224.0.0.0").is_multicast());
    EXPECT_TRUE(ip("239.255.255.255").is_multicast());
    EXPECT_TRUE(ip("ff02::1").is_multicast());
    EXPECT_FALSE(ip("240.0.0.0").is_multicast());
    EXPECT_FALSE(ip("fe00::1").is_multicast());
    EXPECT_TRUE(ip("169.254.1.1").is_link_local());
    EXPECT_TRUE(ip("febf::1").is_link_local());
    EXPECT_FALSE(ip("fec0::1").is_link_local());
    EXPECT_TRUE(ip("255.255.255.255").is_v4_broadcast());
    EXPECT_FALSE(ip("ffff:ffff::").is_v4_broadcast());
}

TEST(IpAddr, HashesEqualAddressesEqually) {
    const std::hash<IpAddr> hash;
    EXPECT_EQ(hash(ip("10.0.0.1")), hash(IpAddr::v4(10, 0, 0, 1)));
    EXPECT_NE(hash(ip("10.0.0.1")), hash(ip("10.0.0.2")));
}

TEST(SocketAddr, ReadsAndPrints) {
    for (const char* text : {"1.2.3.4:3478", "[2001:db8::1]:65535", "0.0.0.0:0"})
        EXPECT_EQ(SocketAddr::parse(text).value().to_string(), text);
    EXPECT_EQ(SocketAddr::parse("[::1]:53")->family(), Family::v6);
}

TEST(SocketAddr, ReadsNothingElse) {
    for (const char* text : {"", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:-1", "1.2.3.4:1x",
                             "[1.2.3.4]:1", "::1:53", "[::1]", "[::1:53", ":53", "host:53"})
        EXPECT_FALSE(SocketAddr::parse(text)) << text;
}

TEST(SocketAddr, HashDependsOnAddressAndPort) {
    const std::hash<SocketAddr> hash;
    const SocketAddr one{ip("10.0.0.1"), 1};
    EXPECT_EQ(hash(one), hash(SocketAddr{ip("10.0.0.1"), 1}));
    EXPECT_NE(hash(one), hash(SocketAddr{ip("10.0.0.1"), 2}));
    EXPECT_NE(hash(one), hash(SocketAddr{ip("10.0.0.2"), 1}));
}

TEST(PerFamily, HoldsOneValuePerFamily) {
    PerFamily<int> values;
    values.of(Family::v6) = 6;
    EXPECT_FALSE(values.v4);
    EXPECT_EQ(values.v6, 6);
    EXPECT_EQ(std::as_const(values).of(Family::v6), 6);
}

}  // namespace
}  // namespace fz::wire
