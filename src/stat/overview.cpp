#include "stat/overview.h"

#include <algorithm>

#include "stat/table.h"
#include "stat/units.h"

namespace fz::stat {
namespace {

using telemetry::DoorKind;
using telemetry::GatewayFacts;
using telemetry::InterfaceFacts;
using telemetry::Snapshot;

constexpr std::size_t kLabel = 10;  // columns before what a line of the header says
constexpr double kNearlyFull = 0.9;

Instant instant(std::uint64_t ns) { return Instant(Duration(static_cast<Duration::rep>(ns))); }

std::string since(const Snapshot& snapshot, std::uint64_t ns) {
    return lasting(snapshot.taken_at - instant(ns));
}

std::string way_in(const InterfaceFacts& interface) {
    if (interface.door == DoorKind::sockets) return "sockets: " + harmless(interface.why.view());
    return std::string("XDP, ") + (interface.door == DoorKind::native ? "native" : "generic") +
           (interface.zero_copy != 0 ? ", zero-copy" : ", copy") +
           ", receive queues: " + std::to_string(interface.queues);
}

void say(Lines& lines, std::string_view label, const std::string& text, std::size_t width) {
    std::string line(label);
    // Short labels stand in a column of their own.
    line.resize(std::max(line.size() + 1, kLabel), ' ');
    const std::size_t indent = line.size();
    for (std::string& each : wrapped(text, width - std::min(width, indent), 0)) {
        lines.push_back(line + each);
        line.assign(indent, ' ');
    }
}

std::vector<std::string> row_of(const std::string& name, const std::string& cpu,
                                const QueueRates& rates, std::uint64_t cycles_per_ms) {
    const double cycles = rates.ns_per_packet * static_cast<double>(cycles_per_ms) / 1e6;
    return {name,
            cpu,
            std::string(name_of(rates.path)),
            human(rates.up.packets),
            human(rates.up.bits),
            human(rates.down.packets),
            human(rates.down.bits),
            human(rates.batch),
            human(cycles_per_ms > 0 ? cycles : rates.ns_per_packet),
            rates.fill ? percent(*rates.fill) : "-",
            human(rates.drops),
            rates.top_drop
                ? std::string(dataplane::kDropTexts[static_cast<std::size_t>(*rates.top_drop)].name)
                : "-",
            human(rates.wakeups),
            percent(rates.busy)};
}

double rank(const QueueRates& queue, Order order) {
    switch (order) {
        case Order::queue:
            return 0;
        case Order::up:
            return queue.up.packets;
        case Order::down:
            return queue.down.packets;
        case Order::drops:
            return queue.drops;
        case Order::busy:
            return queue.busy;
    }
    return 0;
}

std::vector<std::size_t> in_order(const Rates& rates, Order order) {
    std::vector<std::size_t> places(rates.queues.size());
    for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
    std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
        return rank(rates.queues[a], order) > rank(rates.queues[b], order);
    });
    return places;
}

}  // namespace

Lines header(const Snapshot& snapshot, std::size_t width) {
    const GatewayFacts& facts = snapshot.facts;
    Lines lines;
    say(lines, "gateway",
        "version " + harmless(facts.version.view()) + ", up " +
            since(snapshot, facts.started_at_ns) + ", process " + std::to_string(facts.process),
        width);
    say(lines, "portal",
        std::string(facts.portal == telemetry::PortalState::joined ? "joined" : "not joined") +
            " for " + since(snapshot, facts.portal_since_ns),
        width);
    say(lines, "relays",
        std::to_string(facts.relays_usable) + " of " + std::to_string(facts.relays) + " usable",
        width);
    say(lines, "peers",
        std::to_string(facts.peers_direct) + " direct, " + std::to_string(facts.peers_relayed) +
            " relayed, " + std::to_string(facts.peers_connecting) + " connecting",
        width);
    for (std::size_t i = 0; i < std::min(facts.interface_count, facts.interfaces.size()); ++i) {
        const InterfaceFacts& interface = facts.interfaces[i];
        const std::string name = harmless(interface.name.view());
        say(lines, name.empty() ? "packets" : name, way_in(interface), width);
    }
    return lines;
}

Lines queues(const Snapshot& snapshot, const Rates& rates, std::size_t width, Order order) {
    const auto marked = [order](Order column, std::string heading) {
        return order == column && column != Order::queue ? "v" + heading : heading;
    };
    const bool cycles = snapshot.facts.cycles_per_ms > 0;
    Table table({{"queue", 99, true},
                 {"cpu", 3},
                 {"path", 8, true},
                 {marked(Order::up, "up pkt/s"), 9},
                 {"bit/s", 11},
                 {marked(Order::down, "down pkt/s"), 9},
                 {"bit/s", 11},
                 {"batch", 4},
                 {cycles ? "cyc/pkt" : "ns/pkt", 5},
                 {"fill", 2},
                 {marked(Order::drops, "drops/s"), 10},
                 {"mostly", 7, true},
                 {"wakes/s", 1},
                 {marked(Order::busy, "busy"), 12}});
    for (const std::size_t i : in_order(rates, order))
        table.add(row_of(std::to_string(i), std::to_string(rates.queues[i].cpu), rates.queues[i],
                         snapshot.facts.cycles_per_ms));
    if (rates.queues.size() > 1)
        table.add(row_of("all", "", rates.total, snapshot.facts.cycles_per_ms));
    Lines lines = table.lines(width);
    const QueueRates& all = rates.total;
    lines.emplace_back();
    say(lines, "TUN",
        (all.tun_writes > 0 ? human(all.tun_packets / all.tun_writes) : std::string("0")) +
            " packets per write, " + human(all.tun_refused) +
            " refused/s; super-packets: " + harmless(snapshot.facts.tun_offloads.view()),
        width);
    say(lines, "cipher",
        harmless(snapshot.facts.aead.view()) + "; peer guard contended " + human(all.contended) +
            "/s",
        width);
    say(lines, "verdict", verdict(rates), width);
    return lines;
}

std::string verdict(const Rates& rates) {
    const auto busiest =
        std::max_element(rates.queues.begin(), rates.queues.end(),
                         [](const auto& a, const auto& b) { return a.busy < b.busy; });
    if (busiest == rates.queues.end()) return "this gateway has no queues";
    const std::string busy = "the busiest queue (" +
                             std::to_string(busiest - rates.queues.begin()) + ") is " +
                             percent(busiest->busy) + " busy";
    if (rates.total.overload_drops > 0)
        return human(rates.total.overload_drops) +
               " packets/s are lost because this host does not keep up, and " + busy +
               (busiest->busy >= kNearlyFull ? ": more workers or another gateway would help"
                                             : ": see `fz-stat drops`");
    if (busiest->busy >= kNearlyFull)
        return "nothing is lost, but " + busy + ": there is no room for more";
    return "this gateway keeps up: " + busy + ", and nothing is lost for want of speed";
}

}  // namespace fz::stat
