// A team of two workers without threads, in a network namespace with two cables, `left` and
// `right`, of four queues each; what is plugged into them is called `left-end` and `right-end`.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "dataplane/directory.h"
#include "dataplane/gateway_path.h"
#include "tun/tun_device.h"
#include "unit/os/private_netns.h"
#include "worker/team.h"

namespace fz::test {

inline constexpr std::size_t kWorkers = 2;

class TwoWorkers : public PrivateNetns {
  protected:
    void SetUp() override {
        PrivateNetns::SetUp();
        if (IsSkipped()) return;
        output_of(
            "ip link set lo up; for i in left right; do"
            " ip link add $i numrxqueues 4 numtxqueues 4 type veth"
            "  peer name $i-end numrxqueues 4 numtxqueues 4;"
            " for j in $i $i-end; do sysctl -qw net.ipv6.conf.$j.disable_ipv6=1;"
            "  ip link set $j up; done; done");
        worker::Sockets sockets;
        sockets.v4 =
            udp::UdpSocket::bind_group(wire::Family::v4, {.preferred_port = 0}, kWorkers).value();
        auto device = tun::TunDevice::create("fz-test", kWorkers).value();
        doorbell_ = std::make_unique<worker::Doorbell>(worker::Doorbell::create().value());
        team = std::make_unique<worker::Team>(
            worker::Team::create(std::move(sockets), std::move(device), path_,
                                 crypto::AeadProvider::sodium, *doorbell_)
                .value());
    }
    void TearDown() override {
        team.reset();
        PrivateNetns::TearDown();
    }

    static bool has_program(const std::string& interface) {
        return output_of("ip -o link show " + interface).find("xdp") != std::string::npos;
    }

    std::unique_ptr<worker::Team> team;

  private:
    dataplane::Directory directory_;
    dataplane::GatewayPath path_{directory_};
    std::unique_ptr<worker::Doorbell> doorbell_;
};

}  // namespace fz::test
