#include "os/interfaces.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/os/private_netns.h"
#include "unit/wire/packets.h"

namespace fz::os {
namespace {

using test::ip;

class InterfacesTest : public test::PrivateNetns {};

TEST_F(InterfacesTest, SaysWhatAnInterfaceIs) {
    output_of(
        "ip link add here mtu 1400 numrxqueues 4 numtxqueues 4 type veth peer name there;"
        "ip link set here up");
    const auto here = read_interface("here");
    ASSERT_TRUE(here);
    EXPECT_EQ(here->name, "here");
    EXPECT_EQ(std::to_string(here->index) + "\n", output_of("ip -o link show here | cut -d: -f1"));
    EXPECT_EQ(here->mtu, 1400U);
    EXPECT_EQ(here->receive_queues, 4U);
    EXPECT_TRUE(here->up);
    EXPECT_EQ(here->driver, "veth");
    EXPECT_FALSE(here->large_receive_offload);
    EXPECT_FALSE(read_interface("there")->up);
    EXPECT_FALSE(read_interface("nowhere"));
}

TEST_F(InterfacesTest, FindsThoseOfTheDefaultRoutes) {
    EXPECT_TRUE(default_route_interfaces().empty());
    output_of(
        "ip link add wan1 type veth peer name x; ip link add wan2 type veth peer name y;"
        "ip link set wan1 up; ip link set x up; ip link set wan2 up; ip link set y up;"
        "ip addr add 10.0.0.1/24 dev wan1; ip route add default via 10.0.0.2;"
        "ip -6 addr add 2001:db8::1/64 dev wan2 nodad; ip -6 route add default via 2001:db8::2");
    EXPECT_EQ(default_route_interfaces(), (std::set<std::string>{"wan1", "wan2"}));
}

TEST_F(InterfacesTest, ListsTheHostsAddresses) {
    output_of(
        "ip link set lo up; ip link add wan1 type veth peer name x;"
        "ip addr add 10.0.0.1/24 dev wan1; ip -6 addr add 2001:db8::1/64 dev wan1 nodad");
    const auto addresses = host_addresses();
    for (const char* each : {"127.0.0.1", "::1", "10.0.0.1", "2001:db8::1"})
        EXPECT_NE(std::ranges::find(addresses, ip(each)), addresses.end()) << each;
}

}  // namespace
}  // namespace fz::os
