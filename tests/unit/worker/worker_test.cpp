#include "worker/worker.h"

#include <gtest/gtest.h>

#include <thread>

#include "unit/worker/counting_new.h"
#include "unit/worker/one_worker.h"

namespace fz::worker {
namespace {

using dataplane::Drop;
using WorkerTest = OneWorker;
using WorkerRingTest = OneWorkerWithARing;

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
