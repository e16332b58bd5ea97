#include "app/packet_totals.h"

#include <string>

#include "base/log.h"

namespace fz::app {
namespace {

using dataplane::DirectionCounters;

DirectionCounters sum(const worker::Team& team, DirectionCounters dataplane::Counters::*direction) {
    DirectionCounters total;
    for (std::size_t i = 0; i < team.size(); ++i) {
        const DirectionCounters& part = team.worker(i).counters().*direction;
        total.received += part.received;
        total.received_bytes += part.received_bytes;
        total.delivered += part.delivered;
        total.delivered_bytes += part.delivered_bytes;
        for (std::size_t drop = 0; drop < dataplane::kDropCount; ++drop)
            total.drops[drop] += part.drops[drop];
    }
    return total;
}

std::string drops_of(const DirectionCounters& count) {
    std::string list;
    for (std::size_t drop = 0; drop < dataplane::kDropCount; ++drop) {
        if (count.drops[drop] == 0) continue;
        if (!list.empty()) list += ' ';
        list +=
            std::string(dataplane::kDropTexts[drop].name) + '=' + std::to_string(count.drops[drop]);
    }
    return list.empty() ? "none" : list;
}

void log_direction(std::string_view name, const DirectionCounters& count) {
    FZ_LOG(info, "packet totals", kv("direction", name), kv("received", count.received),
           kv("delivered", count.delivered), kv("dropped", count.dropped_total()),
           kv("drops", drops_of(count)), kv("received_bytes", count.received_bytes),
           kv("delivered_bytes", count.delivered_bytes));
}

}  // namespace

void log_totals(const worker::Team& team) {
    log_direction("to_resource", sum(team, &dataplane::Counters::to_resource));
    log_direction("to_client", sum(team, &dataplane::Counters::to_client));
    telemetry::TunWrites writes;
    std::uint64_t contended = 0;
    for (std::size_t i = 0; i < team.size(); ++i) {
        writes.writes += team.worker(i).tun_writes().writes;
        writes.packets += team.worker(i).tun_writes().packets;
        writes.replaced += team.worker(i).tun_writes().replaced;
        writes.refused += team.worker(i).tun_writes().refused;
        contended += team.worker(i).counters().guard_contended;
    }
    FZ_LOG(info, "coalescing totals", kv("tun_writes", writes.writes),
           kv("packets", writes.packets), kv("replaced_acks", writes.replaced),
           kv("refused_merges", writes.refused), kv("guard_contended", contended));
}

}  // namespace fz::app
