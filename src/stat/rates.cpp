#include "stat/rates.h"

#include <algorithm>
#include <array>

namespace fz::stat {
namespace {

using dataplane::Drop;
using telemetry::Snapshot;
using telemetry::WorkerFigures;

std::uint64_t ns_of(Duration duration) noexcept {
    return static_cast<std::uint64_t>(std::max<Duration::rep>(duration.count(), 0));
}

/// Counters only grow; one that did not belongs to another gateway.
std::uint64_t grown(std::uint64_t before, std::uint64_t after) noexcept {
    return after >= before ? after - before : 0;
}

/// Not working, until `at`: a worker that rests has not told since when it does.
std::uint64_t idle_ns(const WorkerFigures& figures, Instant at) noexcept {
    const std::uint64_t now = ns_of(at.time_since_epoch());
    const std::uint64_t resting =
        figures.rests_since_ns == 0 ? now : grown(figures.rests_since_ns, now);
    return figures.asleep_ns + figures.looking_ns + resting;
}

using Drops = std::array<std::uint64_t, dataplane::kDropCount>;

Drops drops_between(const WorkerFigures& before, const WorkerFigures& after) noexcept {
    Drops lost{};
    for (std::size_t i = 0; i < lost.size(); ++i)
        lost[i] = grown(before.packets.to_resource.drops[i], after.packets.to_resource.drops[i]) +
                  grown(before.packets.to_client.drops[i], after.packets.to_client.drops[i]);
    return lost;
}

/// Everything that the rates of one queue, or of all, are made of.
struct Sums {
    std::uint64_t up_packets = 0, up_bytes = 0, down_packets = 0, down_bytes = 0;
    std::uint64_t batches = 0, network_packets = 0, from_sockets = 0, from_rings = 0;
    std::uint64_t busy_ns = 0, wakeups = 0, buffers = 0, buffers_wanted = 0;
    std::uint64_t handled = 0, writes = 0, written = 0, refused = 0, contended = 0;
    Drops drops{};

    void add(const Sums& other) noexcept;
};

void Sums::add(const Sums& other) noexcept {
    up_packets += other.up_packets;
    up_bytes += other.up_bytes;
    down_packets += other.down_packets;
    down_bytes += other.down_bytes;
    batches += other.batches;
    network_packets += other.network_packets;
    from_sockets += other.from_sockets;
    from_rings += other.from_rings;
    busy_ns += other.busy_ns;
    wakeups += other.wakeups;
    buffers += other.buffers;
    buffers_wanted += other.buffers_wanted;
    handled += other.handled;
    writes += other.writes;
    written += other.written;
    refused += other.refused;
    contended += other.contended;
    for (std::size_t i = 0; i < drops.size(); ++i) drops[i] += other.drops[i];
}

Sums sums_between(const WorkerFigures& a, Instant at_a, const WorkerFigures& b, Instant at_b) {
    const auto& up_a = a.packets.to_resource;
    const auto& up_b = b.packets.to_resource;
    const auto& down_a = a.packets.to_client;
    const auto& down_b = b.packets.to_client;
    Sums sums;
    sums.up_packets = grown(up_a.delivered, up_b.delivered);
    sums.up_bytes = grown(up_a.delivered_bytes, up_b.delivered_bytes);
    sums.down_packets = grown(down_a.delivered, down_b.delivered);
    sums.down_bytes = grown(down_a.delivered_bytes, down_b.delivered_bytes);
    sums.from_sockets = grown(a.from_sockets.packets, b.from_sockets.packets);
    sums.from_rings = grown(a.from_rings.packets, b.from_rings.packets);
    sums.batches = grown(a.from_sockets.batches, b.from_sockets.batches) +
                   grown(a.from_rings.batches, b.from_rings.batches);
    sums.network_packets = sums.from_sockets + sums.from_rings;
    sums.busy_ns = grown(grown(idle_ns(a, at_a), idle_ns(b, at_b)), ns_of(at_b - at_a));
    sums.wakeups = grown(a.sleeps, b.sleeps);
    sums.buffers = b.buffers;
    sums.buffers_wanted = b.buffers_wanted;
    sums.handled = grown(up_a.received, up_b.received) + grown(down_a.received, down_b.received);
    sums.writes = grown(a.tun_writes.writes, b.tun_writes.writes);
    sums.written = grown(a.tun_writes.packets, b.tun_writes.packets);
    sums.refused = grown(a.tun_writes.refused, b.tun_writes.refused);
    sums.contended = grown(a.packets.guard_contended, b.packets.guard_contended);
    sums.drops = drops_between(a, b);
    return sums;
}

Path path_of(const Sums& sums) noexcept {
    if (sums.from_rings > 0) return sums.from_sockets > 0 ? Path::both : Path::rings;
    return sums.from_sockets > 0 ? Path::sockets : Path::idle;
}

double quotient(std::uint64_t dividend, std::uint64_t divisor) noexcept {
    return divisor == 0 ? 0 : static_cast<double>(dividend) / static_cast<double>(divisor);
}

QueueRates rates_of(const Sums& sums, Duration interval) {
    const double seconds = std::chrono::duration<double>(interval).count();
    const auto per_s = [seconds](std::uint64_t count) {
        return seconds > 0 ? static_cast<double>(count) / seconds : 0;
    };
    QueueRates rates;
    rates.path = path_of(sums);
    rates.up = {per_s(sums.up_packets), 8 * per_s(sums.up_bytes)};
    rates.down = {per_s(sums.down_packets), 8 * per_s(sums.down_bytes)};
    rates.batch = quotient(sums.network_packets, sums.batches);
    rates.ns_per_packet = quotient(sums.busy_ns, sums.handled);
    rates.busy = per_s(sums.busy_ns) / 1e9;
    rates.wakeups = per_s(sums.wakeups);
    if (sums.buffers_wanted > 0) rates.fill = quotient(sums.buffers, sums.buffers_wanted);
    for (std::size_t i = 0; i < sums.drops.size(); ++i) {
        const auto drop = static_cast<Drop>(i);
        rates.drops += per_s(sums.drops[i]);
        if (is_overload(drop)) rates.overload_drops += per_s(sums.drops[i]);
        if (sums.drops[i] > 0 &&
            (!rates.top_drop ||
             sums.drops[i] > sums.drops[static_cast<std::size_t>(*rates.top_drop)]))
            rates.top_drop = drop;
    }
    rates.tun_writes = per_s(sums.writes);
    rates.tun_packets = per_s(sums.written);
    rates.tun_refused = per_s(sums.refused);
    rates.contended = per_s(sums.contended);
    return rates;
}

}  // namespace

std::string_view name_of(Path path) noexcept {
    switch (path) {
        case Path::idle:
            return "idle";
        case Path::sockets:
            return "sockets";
        case Path::rings:
            return "XDP";
        case Path::both:
            return "both";
    }
    return "unknown";
}

bool is_overload(Drop drop) noexcept {
    return drop == Drop::ring_full || drop == Drop::ring_starved || drop == Drop::tun_refused ||
           drop == Drop::socket_refused || drop == Drop::control_busy;
}

Rates rates_between(const Snapshot& before, const Snapshot& after) {
    Rates rates;
    const Instant started{Duration(static_cast<Duration::rep>(after.facts.started_at_ns))};
    rates.since_start = before.facts.started_at_ns != after.facts.started_at_ns ||
                        before.workers.size() != after.workers.size();
    const Instant from = rates.since_start ? started : before.taken_at;
    rates.interval = after.taken_at - from;
    Sums all;
    for (std::size_t i = 0; i < after.workers.size(); ++i) {
        WorkerFigures first;
        if (rates.since_start)
            first.rests_since_ns = after.facts.started_at_ns;
        else
            first = before.workers[i];
        const Sums sums = sums_between(first, from, after.workers[i], after.taken_at);
        rates.queues.push_back(rates_of(sums, rates.interval));
        rates.queues.back().cpu = after.workers[i].cpu;
        all.add(sums);
    }
    rates.total = rates_of(all, rates.interval);
    return rates;
}

}  // namespace fz::stat
