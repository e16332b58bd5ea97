#include "wire/cidr.h"

#include <gtest/gtest.h>

#include "unit/wire/packets.h"

namespace fz::wire {
namespace {

using test::ip;

Cidr cidr(std::string_view text) { return Cidr::parse(text).value(); }

TEST(Cidr, ReadsAndPrints) {
    for (const char* text :
         {"0.0.0.0/0", "10.20.0.0/16", "10.1.2.3/32", "::/0", "2001:db8::/33", "2001:db8::1/128"})
        EXPECT_EQ(cidr(text).to_string(), text);
}

TEST(Cidr, RefusesHostBitsAndNonsense) {
    for (const char* text : {"", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
                             "10.0.0.0/8x", "10.0.0.1/8", "10.0.0.0/4294967304", "128.0.0.0/0",
                             "::/129", "::1/127", "/8", "10.0.0.0/8/8"})
        EXPECT_FALSE(Cidr::parse(text)) << text;
    EXPECT_FALSE(Cidr::from(ip("10.0.0.64"), 25));
    EXPECT_TRUE(Cidr::from(ip("10.0.0.64"), 26));
}

TEST(Cidr, ContainsAddressesToTheBit) {
    struct Row {
        const char* network;
        const char* first;
        const char* last;
        const char* before;
        const char* after;
    };
    const Row rows[] = {
        {"10.0.0.0/8", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"},
        {"172.16.0.0/12", "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"},
        {"10.0.0.64/26", "10.0.0.64", "10.0.0.127", "10.0.0.63", "10.0.0.128"},
        {"10.0.0.5/32", "10.0.0.5", "10.0.0.5", "10.0.0.4", "10.0.0.6"},
        {"fd00:2021:1111::/107", "fd00:2021:1111::", "fd00:2021:1111::1f:ffff",
         "fd00:2021:1110:ffff:ffff:ffff:ffff:ffff", "fd00:2021:1111::20:0"},
    };
    for (const Row& row : rows) {
        const Cidr network = cidr(row.network);
        EXPECT_TRUE(network.contains(ip(row.first))) << row.network;
        EXPECT_TRUE(network.contains(ip(row.last))) << row.network;
        EXPECT_FALSE(network.contains(ip(row.before))) << row.network;
        EXPECT_FALSE(network.contains(ip(row.after))) << row.network;
    }
}

TEST(Cidr, LengthZeroContainsItsFamilyOnly) {
    EXPECT_TRUE(cidr("0.0.0.0/0").contains(ip("255.255.255.255")));
    EXPECT_FALSE(cidr("0.0.0.0/0").contains(ip("::")));
    EXPECT_TRUE(cidr("::/0").contains(ip("ffff::")));
    EXPECT_FALSE(cidr("::/0").contains(ip("0.0.0.0")));
}

TEST(Cidr, ContainsNarrowerNetworksAndItself) {
    EXPECT_TRUE(cidr("10.0.0.0/8").contains(cidr("10.1.0.0/16")));
    EXPECT_TRUE(cidr("10.0.0.0/8").contains(cidr("10.0.0.0/8")));
    EXPECT_FALSE(cidr("10.1.0.0/16").contains(cidr("10.0.0.0/8")));
    EXPECT_FALSE(cidr("10.0.0.0/8").contains(cidr("11.1.0.0/16")));
    EXPECT_FALSE(cidr("0.0.0.0/0").contains(cidr("::/0")));
}

TEST(Cidr, HostIsOneAddress) {
    EXPECT_EQ(Cidr::host(ip("10.0.0.5")), cidr("10.0.0.5/32"));
    EXPECT_EQ(Cidr::host(ip("2001:db8::1")), cidr("2001:db8::1/128"));
}

}  // namespace
}  // namespace fz::wire
