// Workers that meet on the same peers while the control thread replaces everything under them. What
// it proves, it proves best under ThreadSanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "dataplane/gateway_path.h"
#include "unit/dataplane/one_client.h"
#include "worker/quiet_points.h"

namespace fz::worker {
namespace {

using namespace fz::test;
using dataplane::Lane;
using dataplane::PeerState;
using dataplane::Session;

constexpr std::size_t kWorkers = 3;

class SeveralWorkers : public OneClient {
  protected:
    void SetUp() override {
        OneClient::SetUp();
        for (auto& own : lanes) own = std::make_unique<Lane>(crypto::AeadProvider::sodium);
    }

    /// One packet from the client, as it arrives at a worker of ours.
    void arrive(std::size_t worker, Bytes datagram) {
        Buffer bytes(datagram.begin(), datagram.end());
        wire::IncomingTrain train{.bytes = bytes,
                                  .segment = bytes.size(),
                                  .source = client_socket,
                                  .local = gateway_socket,
                                  .ecn = {}};
        std::span<wire::IncomingTrain> trains(&train, 1);
        path.ingress(trains, now, *lanes[worker]);
        forget_output(worker);
    }
    void reply(std::size_t worker) {
        Buffer bytes = test::packet("10.1.2.3", "100.64.0.2", 17, test::udp(53, 5000, 20));
        wire::SuperPacket packet{.bytes = bytes, .offload = {}};
        std::span<wire::SuperPacket> packets(&packet, 1);
        path.egress(packets, now, *lanes[worker]);
        forget_output(worker);
    }
    void forget_output(std::size_t worker) {
        lanes[worker]->output.active.clear();
        lanes[worker]->output.clear();
    }
    template <typename Turn>
    void run(Turn turn) {
        std::vector<std::thread> threads;
        for (std::size_t worker = 0; worker < kWorkers; ++worker)
            threads.emplace_back([&, worker] {
                const QuietPoints reader;
                for (std::size_t i = 0; turn(worker, i); ++i) const QuietPoints::Offline quiet;
            });
        for (std::thread& thread : threads) thread.join();
    }

    dataplane::GatewayPath path{directory};
    std::array<std::unique_ptr<Lane>, kWorkers> lanes;
};

TEST_F(SeveralWorkers, AcceptEachCounterOnce) {
    constexpr std::size_t kPackets = 2000;
    std::vector<Buffer> datagrams;
    const Buffer inner = test::packet("100.64.0.2", "10.1.2.3", 17, test::udp(5000, 53, 20));
    for (std::size_t i = 0; i < kPackets; ++i) datagrams.push_back(sealed_by_client(inner));

    run([&](std::size_t worker, std::size_t i) {
        if (i == kPackets) return false;
        arrive(worker, datagrams[i]);
        return true;
    });
    std::uint64_t delivered = 0;
    std::uint64_t replayed = 0;
    for (const auto& own : lanes) {
        delivered += own->counters.to_resource.delivered;
        replayed += drops(own->counters.to_resource, dataplane::Drop::replayed);
    }
    EXPECT_EQ(delivered, kPackets);
    EXPECT_EQ(replayed, (kWorkers - 1) * kPackets);
    EXPECT_EQ(peer->received().read(),
              (dataplane::Traffic{.packets = kPackets, .bytes = kPackets * inner.size()}));
}

TEST_F(SeveralWorkers, GiveEachCounterOnce) {
    constexpr std::size_t kPackets = 500;
    std::array<std::vector<std::uint64_t>, kWorkers> seen;
    run([&](std::size_t worker, std::size_t i) {
        if (i == kPackets) return false;
        Buffer bytes = test::packet("10.1.2.3", "100.64.0.2", 17, test::udp(53, 5000, 20));
        wire::SuperPacket packet{.bytes = bytes, .offload = {}};
        std::span<wire::SuperPacket> packets(&packet, 1);
        path.egress(packets, now, *lanes[worker]);
        const auto trains = lanes[worker]->output.to_network.trains(wire::Family::v4);
        seen[worker].push_back(load_le<std::uint64_t>(trains[0].bytes.data() + 8));
        forget_output(worker);
        return true;
    });
    std::vector<std::uint64_t> all;
    for (const auto& part : seen) all.insert(all.end(), part.begin(), part.end());
    std::sort(all.begin(), all.end());
    for (std::uint64_t expected = 0; expected < kWorkers * kPackets; ++expected)
        ASSERT_EQ(all[expected], expected);
    EXPECT_EQ(peer->sent().read(), (dataplane::Traffic{.packets = kWorkers * kPackets,
                                                       .bytes = kWorkers * kPackets * 48}));
}

TEST_F(SeveralWorkers, LoseNothingByNameWhileEverythingIsReplaced) {
    const Buffer inner = test::packet("100.64.0.2", "10.1.2.3", 17, test::udp(5000, 53, 20));
    std::vector<Buffer> datagrams;
    for (std::size_t i = 0; i < 256; ++i) datagrams.push_back(sealed_by_client(inner));
    std::atomic<bool> end{false};
    std::thread control([&] {
        for (std::uint32_t round = 2; round < 200; ++round) {
            peer->install(std::make_unique<Session>(gateway_keys(round % 256, start)),
                          PeerState::Use::now, directory.graveyard());
            peer->withdraw(kSlot << 8 | (round - 2) % 256, directory.graveyard());
            peer->set_path({.destination = {ip("203.0.113.5"), static_cast<std::uint16_t>(round)},
                            .source = gateway_socket,
                            .channel = {}},
                           directory.graveyard());
            grant("10.1.0.0/16", {});
            directory.set_relays({});
            static_cast<void>(peer->activity().take());
            static_cast<void>(peer->received().read());
            static_cast<void>(peer->sent().read());
            wait_for_quiet_points();
            directory.graveyard().clear();
        }
        end = true;
    });
    run([&](std::size_t worker, std::size_t i) {
        arrive(worker, datagrams[i % datagrams.size()]);
        reply(worker);
        return !end;
    });
    control.join();
    for (const auto& own : lanes)
        for (const auto* way : {&own->counters.to_resource, &own->counters.to_client})
            EXPECT_EQ(way->received, way->delivered + way->dropped_total());
    EXPECT_EQ(directory.graveyard().size(), 0U);
}

}  // namespace
}  // namespace fz::worker
