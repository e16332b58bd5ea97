// A worker with real doors in a network namespace of its own, and one client.
#pragma once

#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>

#include "dataplane/gateway_path.h"
#include "fastpath/steering.h"
#include "os/clock.h"
#include "tun/tun_device.h"
#include "unit/dataplane/one_client.h"
#include "unit/fastpath/frames.h"
#include "unit/os/private_netns.h"
#include "unit/udp/fence.h"
#include "worker/worker.h"

namespace fz::worker {

using namespace fz::test;

/// A worker between a loopback socket and a TUN device; one client at the other end of the socket.
class OneWorker : public OneClientOf<PrivateNetns> {
  protected:
    void SetUp() override {
        OneClientOf::SetUp();
        if (IsSkipped()) return;
        output_of("ip link set lo up");
        device_ = std::make_unique<tun::TunDevice>(tun::TunDevice::create("fz-test", 1).value());
        output_of(
            "sysctl -qw net.ipv6.conf.fz-test.disable_ipv6=1; ip addr add 10.1.2.3/32 dev fz-test;"
            "ip link set fz-test mtu 1280 up; ip route add 100.64.0.2/32 dev fz-test");
        ours_ = std::make_unique<udp::UdpSocket>(
            udp::UdpSocket::bind(wire::Family::v4, {.preferred_port = 0}).value());
        theirs_ = std::make_unique<udp::UdpSocket>(
            udp::UdpSocket::bind(wire::Family::v4, {.preferred_port = 0}).value());
        fence_ = std::make_unique<Fence>();
        doorbell_ = std::make_unique<Doorbell>(Doorbell::create().value());
        worker_ = Worker::create({ours_.get(), nullptr, &device_->queue(0)}, path_,
                                 crypto::AeadProvider::sodium, *doorbell_)
                      .value();
        now = os::read_monotonic_clock();
        renew_session();
        peer->set_path(
            {.destination = {ip("127.0.0.1"), theirs_->port()}, .source = {}, .channel = {}},
            directory.graveyard());
    }
    /// The fixture's session is as old as the test's clock; the worker has a real one.
    void renew_session() {
        const noise::Keypair keys = gateway_keys(2, now);
        peer->install(std::make_unique<dataplane::Session>(keys), dataplane::PeerState::Use::now,
                      directory.graveyard());
        session_ = std::make_unique<dataplane::Session>(mirrored(keys));
    }

    /// The client sends these inner packets, all of one length, as one train.
    void client_sends(const std::vector<Buffer>& inner) {
        Buffer bytes;
        for (const Buffer& packet : inner) append(bytes, sealed_with(*session_, packet));
        wire::OutgoingTrain one{.bytes = bytes,
                                .segment = inner.front().size() + 32,
                                .source = {},
                                .destination = {ip("127.0.0.1"), ours_->port()},
                                .ecn = {}};
        std::span<wire::OutgoingTrain> trains(&one, 1);
        EXPECT_EQ(theirs_->send(trains).lost_datagrams, 0U);
        fence_->wait();
    }
    Buffer request() const { return packet("100.64.0.2", "10.1.2.3", 17, test::udp(5000, 53, 20)); }
    /// The host behind the device sends to the client.
    static void host_sends(int count) {
        for (int i = 0; i < count; ++i) output_of("bash -c 'echo hello > /dev/udp/100.64.0.2/9'");
    }
    void turn() { worker_->turn(1U << Worker::kUdpV4 | 1U << Worker::kTun); }
    const dataplane::DirectionCounters& to_resource() { return worker_->counters().to_resource; }
    const dataplane::DirectionCounters& to_client() { return worker_->counters().to_client; }

    std::unique_ptr<Fence> fence_;
    std::unique_ptr<tun::TunDevice> device_;
    std::unique_ptr<udp::UdpSocket> ours_;
    std::unique_ptr<udp::UdpSocket> theirs_;
    std::unique_ptr<Doorbell> doorbell_;
    std::unique_ptr<dataplane::Session> session_;
    dataplane::GatewayPath path_{directory};
    std::unique_ptr<Worker> worker_;
};

/// The same worker with a ring, on an interface whose other end is the client's.
class OneWorkerWithARing : public OneWorker {
  protected:
    void SetUp() override {
        OneWorker::SetUp();
        if (IsSkipped()) return;
        output_of(
            "ip link add here type veth peer name there;"
            "sysctl -qw net.ipv6.conf.here.disable_ipv6=1 net.ipv6.conf.there.disable_ipv6=1;"
            "ip link set here up; ip link set there up");
        steering_ = std::make_unique<fastpath::Steering>(fastpath::Steering::load().value());
        ring_ = fastpath::Xsk::open("here", 0).value();
        const std::vector ours{ip("198.51.100.1")};
        const std::vector<std::uint16_t> ports{kOurPort};
        ASSERT_TRUE(steering_->set_addresses(ours));
        ASSERT_TRUE(steering_->set_ports(ports));
        ASSERT_TRUE(steering_->set_socket(0, ring_->fd()));
        ASSERT_TRUE(steering_->attach(::if_nametoindex("here"), fastpath::AttachMode::native));
        ASSERT_TRUE(worker_->open_ring(*ring_));
        wire_ = os::UniqueFd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
        to_.sll_family = AF_PACKET;
        to_.sll_ifindex = static_cast<int>(::if_nametoindex("there"));
    }
    void TearDown() override {
        if (ring_ != nullptr) worker_->close_ring(*ring_);
        ring_.reset();
        steering_.reset();
        OneWorker::TearDown();
    }

    void client_sends_frames(int count) {
        put_on_the_wire(count);
        pollfd arrival{.fd = ring_->fd(), .events = POLLIN, .revents = 0};
        EXPECT_EQ(::poll(&arrival, 1, 1000), 1);
    }
    void put_on_the_wire(int count) {
        for (int i = 0; i < count; ++i) {
            const Buffer frame = v4_frame(sealed_with(*session_, request()));
            EXPECT_EQ(::sendto(wire_.get(), frame.data(), frame.size(), 0,
                               reinterpret_cast<const sockaddr*>(&to_), sizeof to_),
                      static_cast<ssize_t>(frame.size()));
        }
    }
    void turn_ring() { worker_->turn(Readiness::Set{1} << Worker::kFirstRing); }

    std::unique_ptr<fastpath::Steering> steering_;
    std::unique_ptr<fastpath::Xsk> ring_;
    os::UniqueFd wire_;
    sockaddr_ll to_{};
};

}  // namespace fz::worker
