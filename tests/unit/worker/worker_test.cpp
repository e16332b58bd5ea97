#include "worker/worker.h"

#include <gtest/gtest.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>

#include <functional>
#include <thread>

#include "dataplane/gateway_path.h"
#include "fastpath/steering.h"
#include "os/clock.h"
#include "tun/tun_device.h"
#include "unit/dataplane/one_client.h"
#include "unit/fastpath/frames.h"
#include "unit/os/private_netns.h"
#include "unit/udp/fence.h"
#include "unit/worker/counting_new.h"

namespace fz::worker {
namespace {

using namespace fz::test;
using dataplane::Drop;

/// A worker between a loopback socket and a TUN device; one client at the other end of the socket.
class WorkerTest : public OneClientOf<PrivateNetns> {
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

TEST_F(WorkerTest, CarriesATrainToTheDevice) {
    client_sends(std::vector<Buffer>(10, request()));
    turn();
    EXPECT_EQ(to_resource().delivered, 10U);
    fence_->wait();
    EXPECT_EQ(output_of("awk '/fz-test/ {print $3}' /proc/net/dev"), "10\n");
    ASSERT_NE(worker_->mailbox().active.front(), nullptr);
    EXPECT_EQ(*worker_->mailbox().active.front(), kSlot);
}

TEST_F(WorkerTest, CarriesPacketsOfTheHostToTheClient) {
    host_sends(3);
    turn();
    EXPECT_EQ(to_client().delivered, 3U);
    fence_->wait();
    udp::ReceiveBuffer buffer;
    udp::TrainBatch arrived;
    EXPECT_TRUE(theirs_->receive(buffer, arrived).errors.empty());
    std::size_t datagrams = 0;
    for (const wire::IncomingTrain& train : arrived) datagrams += train.count();
    EXPECT_EQ(datagrams, 3U);
}

TEST_F(WorkerTest, ADeviceThatIsDownLosesByName) {
    output_of("ip link set fz-test down");
    client_sends(std::vector<Buffer>(10, request()));
    turn();
    EXPECT_EQ(to_resource().received, 10U);
    EXPECT_EQ(drops(to_resource(), Drop::tun_refused), 10U);
    EXPECT_EQ(to_resource().delivered, 0U);
    ASSERT_NE(worker_->mailbox().errors.front(), nullptr);
    EXPECT_EQ(worker_->mailbox().errors.front()->error, EIO);

    output_of("ip link set fz-test up");
    client_sends({request()});
    turn();
    EXPECT_EQ(to_resource().delivered, 1U);
}

TEST_F(WorkerTest, APathThatCannotBeSentToLosesByName) {
    peer->set_path({.destination = {ip("255.255.255.255"), 9}, .source = {}, .channel = {}},
                   directory.graveyard());
    host_sends(2);
    turn();
    EXPECT_EQ(drops(to_client(), Drop::socket_refused), 2U);
    EXPECT_EQ(to_client().delivered, 0U);
    EXPECT_EQ(to_client().delivered_bytes, 0U);
    peer->set_path({.destination = {ip("::1"), 9}, .source = {}, .channel = {}},
                   directory.graveyard());
    host_sends(1);
    turn();  // a family without a socket
    EXPECT_EQ(drops(to_client(), Drop::socket_refused), 3U);
}

TEST_F(WorkerTest, AllocatesNothingOnThePacketPath) {
    client_sends({request()});
    turn();
    host_sends(1);
    for (int i = 0; i < 10; ++i) client_sends(std::vector<Buffer>(20, request()));
    const std::size_t before = allocations;
    for (int i = 0; i < 20; ++i) turn();
    EXPECT_EQ(allocations - before, 0U);
    EXPECT_EQ(to_resource().delivered, 201U);
    EXPECT_GE(to_client().delivered, 1U);  // and the host's ICMP errors: nobody listens there
}

/// The same worker with a ring, on an interface whose other end is the client's.
class WorkerRingTest : public WorkerTest {
  protected:
    void SetUp() override {
        WorkerTest::SetUp();
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
        WorkerTest::TearDown();
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

TEST_F(WorkerRingTest, CarriesFramesToTheDevice) {
    client_sends_frames(10);
    turn_ring();
    EXPECT_EQ(to_resource().delivered, 10U);
    EXPECT_EQ(worker_->tun_writes().packets, 10U);
    EXPECT_EQ(output_of("awk '/fz-test/ {print $3}' /proc/net/dev"), "10\n");
}

TEST_F(WorkerRingTest, GoesRoundItsFramesWithoutLosingOne) {
    constexpr int kRounds = 4 * fastpath::kRingSize / 64;
    for (int i = 0; i < kRounds; ++i) {
        client_sends_frames(64);
        turn_ring();
    }
    EXPECT_EQ(to_resource().delivered, std::uint64_t{kRounds} * 64);
    EXPECT_EQ(ring_->statistics().rx_ring_full, 0U);
    EXPECT_EQ(ring_->statistics().fill_ring_empty, 0U);
}

TEST_F(WorkerRingTest, WhatTheRingLosesIsPartOfTheAccount) {
    constexpr int kSent = 2 * fastpath::kRingSize;
    client_sends_frames(kSent);
    for (std::size_t i = 0; i < kSent / fastpath::kFramesPerReceive; ++i) turn_ring();
    EXPECT_EQ(to_resource().received, std::uint64_t{kSent});
    EXPECT_EQ(to_resource().delivered, std::uint64_t{fastpath::kFewPosted});
    EXPECT_EQ(to_resource().dropped_total(), kSent - fastpath::kFewPosted);
    client_sends_frames(5);
    const std::uint64_t before = to_resource().delivered;
    turn_ring();
    EXPECT_EQ(to_resource().delivered, before + 5);
}

TEST_F(WorkerRingTest, AllocatesNothing) {
    client_sends_frames(1);
    turn_ring();
    for (int i = 0; i < 5; ++i) client_sends_frames(50);
    const std::size_t before = allocations;
    for (int i = 0; i < 5; ++i) turn_ring();
    EXPECT_EQ(allocations - before, 0U);
    EXPECT_EQ(to_resource().delivered, 251U);
}

TEST_F(WorkerRingTest, AClosedRingIsNotTouched) {
    client_sends_frames(3);
    worker_->close_ring(*ring_);
    turn_ring();
    EXPECT_EQ(to_resource().received, 0U);
    ASSERT_TRUE(worker_->open_ring(*ring_));
    turn_ring();
    EXPECT_EQ(to_resource().delivered, 3U);
}

TEST_F(WorkerRingTest, RingsComeAndGoWhileItRuns) {
    std::thread thread([&] { worker_->run(); });
    for (int i = 0; i < 20; ++i) {
        put_on_the_wire(10);
        worker_->close_ring(*ring_);
        EXPECT_TRUE(worker_->open_ring(*ring_));
    }
    const Instant give_up = os::read_monotonic_clock() + 5s;
    while (output_of("awk '/fz-test/ {print $3}' /proc/net/dev") != "200\n" &&
           os::read_monotonic_clock() < give_up)
        std::this_thread::yield();
    worker_->stop();
    thread.join();
    EXPECT_EQ(to_resource().delivered, 200U);
}

TEST_F(WorkerTest, ADeviceThatIsGoneIsReportedOnceAndNotAskedAgain) {
    std::thread thread([&] { worker_->run(); });
    output_of("ip link delete fz-test");
    std::this_thread::sleep_for(50ms);  // a worker that asked again would do so ten thousand times
    worker_->stop();
    thread.join();
    std::size_t reports = 0;
    for (; worker_->mailbox().errors.front() != nullptr; worker_->mailbox().errors.pop()) ++reports;
    EXPECT_EQ(reports, 1U);
}

TEST_F(WorkerTest, RunsUntilItIsStopped) {
    std::thread thread([&] { worker_->run(); });
    client_sends(std::vector<Buffer>(5, request()));
    const Instant give_up = os::read_monotonic_clock() + 5s;
    while (output_of("awk '/fz-test/ {print $3}' /proc/net/dev") != "5\n" &&
           os::read_monotonic_clock() < give_up)
        std::this_thread::yield();
    worker_->stop();
    thread.join();
    EXPECT_EQ(to_resource().delivered, 5U);
}

}  // namespace
}  // namespace fz::worker
