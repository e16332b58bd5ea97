#include "os/host_watch.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <memory>
#include <vector>

#include "unit/os/private_netns.h"

namespace fz::os {
namespace {

class HostWatchTest : public test::PrivateNetns {
  protected:
    void SetUp() override {
        PrivateNetns::SetUp();
        if (IsSkipped()) return;
        output_of(
            "ip link set lo up; ip link add here type veth peer name there;"
            "sysctl -qw net.ipv6.conf.here.disable_ipv6=1 net.ipv6.conf.there.disable_ipv6=1;"
            "ip link set there up; ip link set here up; ip addr add 10.0.0.1/24 dev here");
        watch_ = std::make_unique<HostWatch>(HostWatch::create().value());
        settle();
    }

    bool readable(int within_ms) const {
        pollfd news{.fd = watch_->fd(), .events = POLLIN, .revents = 0};
        return ::poll(&news, 1, within_ms) == 1;
    }
    /// The kernel finds some of what follows from a change in the background: carriers, say.
    void settle() {
        while (readable(200)) static_cast<void>(watch_->drain());
    }
    void hears_of(const std::vector<const char*>& changes) {
        for (const char* const change : changes) {
            settle();
            EXPECT_EQ(output_of(change), "");
            EXPECT_TRUE(readable(1000)) << change;
            EXPECT_TRUE(watch_->drain()) << change;
        }
    }

    std::unique_ptr<HostWatch> watch_;
};

TEST_F(HostWatchTest, IsSilentWhileNothingHappens) {
    EXPECT_FALSE(watch_->drain());
    EXPECT_FALSE(readable(0));
}

TEST_F(HostWatchTest, HearsOfLinks) {
    hears_of({"ip link set here mtu 1400", "ip link set here down", "ip link set here up",
              "ip link add more type veth peer name others", "ip link delete more"});
}

TEST_F(HostWatchTest, HearsOfIpv4) {
    hears_of({"ip addr add 10.0.0.2/24 dev here", "ip addr del 10.0.0.2/24 dev here",
              "ip route add default via 10.0.0.9", "ip route del default"});
}

TEST_F(HostWatchTest, HearsOfIpv6) {
    output_of("sysctl -qw net.ipv6.conf.here.disable_ipv6=0");
    hears_of({"ip addr add 2001:db8::1/64 dev here nodad", "ip addr del 2001:db8::1/64 dev here",
              "ip -6 route add default dev here", "ip -6 route del default"});
}

TEST_F(HostWatchTest, IsDrainedOnce) {
    output_of("ip link set here mtu 1400");
    EXPECT_TRUE(watch_->drain());
    EXPECT_FALSE(watch_->drain());
    EXPECT_FALSE(readable(0));
}

TEST_F(HostWatchTest, HearsNothingOfOtherRoutes) {
    output_of("ip route add 10.9.0.0/16 via 10.0.0.9");
    EXPECT_TRUE(readable(0));
    EXPECT_FALSE(watch_->drain());
}

TEST_F(HostWatchTest, WhatWasLostInABurstIsNews) {
    // Routes that would be none, but more of them than the socket holds.
    output_of(
        "for i in $(seq 16); do for j in $(seq 250); do echo route add 10.9.$i.$j via 10.0.0.9;"
        "done; done | ip -batch -");
    EXPECT_TRUE(watch_->drain());
    settle();
    EXPECT_FALSE(watch_->drain());
}

}  // namespace
}  // namespace fz::os
