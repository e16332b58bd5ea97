#include "stat/rates.h"

#include "unit/telemetry/snapshots.h"

namespace fz::stat {
namespace {

using namespace fz::test;
using dataplane::Drop;

TEST(RatesTest, ArePerSecondOfTheInterval) {
    const Rates rates = rates_between(idle_gateway(), busy_gateway());
    ASSERT_EQ(rates.queues.size(), 1U);
    const QueueRates& queue = rates.queues[0];
    EXPECT_EQ(rates.interval, 2s);
    EXPECT_DOUBLE_EQ(queue.up.packets, 100);
    EXPECT_DOUBLE_EQ(queue.up.bits, 800'000);
    EXPECT_DOUBLE_EQ(queue.down.packets, 50);
    EXPECT_DOUBLE_EQ(queue.down.bits, 200'000);
    EXPECT_DOUBLE_EQ(queue.batch, 20.2);
    EXPECT_DOUBLE_EQ(queue.busy, 0.5);
    EXPECT_DOUBLE_EQ(queue.ns_per_packet, 1e9 / 308);
    EXPECT_DOUBLE_EQ(queue.wakeups, 20);
    EXPECT_DOUBLE_EQ(queue.drops, 4);
    EXPECT_DOUBLE_EQ(queue.overload_drops, 3);
    EXPECT_EQ(queue.top_drop, Drop::ring_full);
    EXPECT_EQ(queue.path, Path::rings);
    EXPECT_DOUBLE_EQ(queue.fill.value(), 0.5);
    EXPECT_DOUBLE_EQ(queue.tun_packets / queue.tun_writes, 50);
    EXPECT_FALSE(rates.since_start);
}

TEST(RatesTest, AWorkerThatRestsIsNotBusy) {
    auto later = idle_gateway();
    later.taken_at += 5s;
    const Rates rates = rates_between(idle_gateway(), later);
    EXPECT_DOUBLE_EQ(rates.total.busy, 0);
    EXPECT_EQ(rates.total.path, Path::idle);
    EXPECT_FALSE(rates.total.top_drop.has_value());
    EXPECT_FALSE(rates.total.fill.has_value());
}

TEST(RatesTest, AWorkerThatNeverRestsIsWhollyBusy) {
    auto before = idle_gateway(), after = idle_gateway();
    after.taken_at += 2s;
    before.workers[0].rests_since_ns = 1'100'000'000'000;
    after.workers[0].rests_since_ns = 1'102'000'000'000;
    EXPECT_DOUBLE_EQ(rates_between(before, after).total.busy, 1);
}

TEST(RatesTest, TheTotalIsOfAllQueues) {
    auto after = busy_gateway(3);
    after.workers[2] = after.workers[0];
    const Rates rates = rates_between(idle_gateway(3), after);
    EXPECT_DOUBLE_EQ(rates.total.up.packets, 200);
    EXPECT_DOUBLE_EQ(rates.total.drops, 8);
    EXPECT_DOUBLE_EQ(rates.total.busy, 1);
    EXPECT_DOUBLE_EQ(rates.queues[1].up.packets, 0);
}

TEST(RatesTest, AGatewayThatWasRestartedCountsFromItsStart) {
    auto other = busy_gateway();
    other.workers[0].packets.to_resource.delivered = 1'000'000;
    const auto after = busy_gateway();
    other.facts.started_at_ns -= 5'000'000'000;
    const Rates rates = rates_between(other, after);
    EXPECT_TRUE(rates.since_start);
    EXPECT_EQ(rates.interval, 102s);
    EXPECT_DOUBLE_EQ(rates.total.up.packets, 200.0 / 102);
}

TEST(RatesTest, CountersThatWentBackAreNoNumbers) {
    const Rates rates = rates_between(busy_gateway(), idle_gateway());
    EXPECT_DOUBLE_EQ(rates.total.up.packets, 0);
    EXPECT_DOUBLE_EQ(rates.total.drops, 0);
    EXPECT_DOUBLE_EQ(rates.total.busy, 0);
}

}  // namespace
}  // namespace fz::stat
