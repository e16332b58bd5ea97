#include "telemetry/prometheus.h"

#include <array>
#include <cstdio>
#include <initializer_list>
#include <utility>

#include "base/utf8.h"
#include "telemetry/verdict_texts.h"

namespace fz::telemetry {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

std::string decimal(double number) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.9g", number);
    return text.data();
}

/// A family of metrics: its head once, then its samples.
class Family {
  public:
    Family(std::string& text, std::string_view name, std::string_view type, std::string_view help)
        : text_(text), name_("firezone_gateway_" + std::string(name)) {
        text_ += "# HELP " + name_ + ' ' + std::string(help) + "\n# TYPE " + name_ + ' ' +
                 std::string(type) + '\n';
    }
    void sample(std::uint64_t value, Labels labels = {}) {
        line("", std::to_string(value), labels);
    }
    void sample(double value, Labels labels = {}) { line("", decimal(value), labels); }
    void part(std::string_view suffix, const std::string& value, Labels labels) {
        line(suffix, value, labels);
    }

  private:
    void line(std::string_view suffix, const std::string& value, Labels labels) {
        (text_ += name_) += suffix;
        char separator = '{';
        for (const auto& [key, content] : labels) {
            text_ += separator;
            ((text_ += key) += "=\"");
            for_each_utf8(
                content, [this](char c) { quote(c); },
                [this](std::string_view character) { text_ += character; });
            text_ += '"';
            separator = ',';
        }
        if (separator == ',') text_ += '}';
        ((text_ += ' ') += value) += '\n';
    }

    void quote(char c) {
        if (c == '\\' || c == '"') text_ += '\\';
        if (c == '\n')
            text_ += "\\n";
        else
            text_ += c < 0x20 || c == 0x7f ? '?' : c;
    }

    std::string& text_;
    const std::string name_;
};

struct Direction {
    std::string_view name;
    dataplane::DirectionCounters dataplane::Counters::*counters;
};
constexpr std::array kDirections{Direction{"to_resource", &dataplane::Counters::to_resource},
                                 Direction{"to_client", &dataplane::Counters::to_client}};

/// Every queue's value of one number.
template <typename Of>
void by_queue(const Snapshot& snapshot, Family family, Of of) {
    for (std::size_t i = 0; i < snapshot.workers.size(); ++i)
        family.sample(of(snapshot.workers[i]), {{"queue", std::to_string(i)}});
}

void write_directions(std::string& text, const Snapshot& snapshot, std::string_view name,
                      std::string_view help, std::uint64_t dataplane::DirectionCounters::*number) {
    Family family(text, name, "counter", help);
    for (std::size_t i = 0; i < snapshot.workers.size(); ++i)
        for (const Direction& direction : kDirections)
            family.sample((snapshot.workers[i].packets.*direction.counters).*number,
                          {{"direction", direction.name}, {"queue", std::to_string(i)}});
}

void write_drops(std::string& text, const Snapshot& snapshot) {
    Family family(text, "packets_dropped_total", "counter",
                  "Packets that were lost, by cause: received = delivered + dropped.");
    for (std::size_t i = 0; i < snapshot.workers.size(); ++i)
        for (const Direction& direction : kDirections)
            for (std::size_t drop = 0; drop < dataplane::kDropCount; ++drop)
                family.sample((snapshot.workers[i].packets.*direction.counters).drops[drop],
                              {{"cause", dataplane::kDropTexts[drop].name},
                               {"direction", direction.name},
                               {"queue", std::to_string(i)}});
}

/// Bucket i of a Histogram counts what is below 2^i, which is at most 2^i - 1. `scale` makes
/// the unit of it.
template <typename Of>
void write_histogram(std::string& text, const Snapshot& snapshot, std::string_view name,
                     std::string_view help, double scale, Of of) {
    Family family(text, name, "histogram", help);
    for (std::size_t i = 0; i < snapshot.workers.size(); ++i) {
        const auto& histogram = of(snapshot.workers[i]);
        const auto& counts = histogram.counts;
        const std::string queue = std::to_string(i);
        std::uint64_t below = 0;
        for (std::size_t bucket = 0; bucket < counts.size(); ++bucket) {
            const double bound = static_cast<double>((std::uint64_t{1} << bucket) - 1) * scale;
            below += counts[bucket];
            if (bucket + 1 < counts.size())
                family.part("_bucket", std::to_string(below),
                            {{"queue", queue}, {"le", decimal(bound)}});
        }
        family.part("_bucket", std::to_string(below), {{"queue", queue}, {"le", "+Inf"}});
        family.part("_sum", decimal(static_cast<double>(histogram.sum) * scale),
                    {{"queue", queue}});
        family.part("_count", std::to_string(below), {{"queue", queue}});
    }
}

void write_gateway(std::string& text, const Snapshot& snapshot) {
    const GatewayFacts& facts = snapshot.facts;
    const auto now_ns = static_cast<std::uint64_t>(snapshot.taken_at.time_since_epoch().count());
    Family(text, "info", "gauge", "What is running, and with what.")
        .sample(std::uint64_t{1}, {{"version", facts.version.view()},
                                   {"aead", facts.aead.view()},
                                   {"datapath", facts.datapath.view()},
                                   {"tun_offloads", facts.tun_offloads.view()}});
    Family(text, "uptime_seconds", "gauge", "Since the gateway was started.")
        .sample(static_cast<double>(now_ns - facts.started_at_ns) / 1e9);
    Family(text, "portal_joined", "gauge", "1 while the portal knows us.")
        .sample(std::uint64_t{facts.portal == PortalState::joined});
    Family(text, "portal_state_seconds", "gauge", "Since it knows us, or does not any more.")
        .sample(static_cast<double>(now_ns - facts.portal_since_ns) / 1e9);
    Family(text, "sockets", "gauge", "UDP sockets that are open.").sample(facts.sockets);
    Family relays(text, "relays", "gauge",
                  "Relays that the portal gave us, and those with an allocation.");
    relays.sample(facts.relays, {{"state", "known"}});
    relays.sample(facts.relays_usable, {{"state", "usable"}});
    Family peers(text, "peers", "gauge", "Clients by their path.");
    peers.sample(facts.peers_direct, {{"path", "direct"}});
    peers.sample(facts.peers_relayed, {{"path", "relayed"}});
    peers.sample(facts.peers_connecting, {{"path", "connecting"}});
    Family(text, "io_errors_total", "counter", "Errors of sockets and of the TUN device.")
        .sample(facts.io_errors);
    Family doors(text, "interface_door", "gauge",
                 "How an interface's packets come in, and why not through XDP.");
    constexpr std::array<std::string_view, 3> kDoors{"sockets", "native", "generic"};
    for (std::size_t i = 0; i < std::min(facts.interface_count, facts.interfaces.size()); ++i) {
        const InterfaceFacts& interface = facts.interfaces[i];
        doors.sample(std::uint64_t{1},
                     {{"interface", interface.name.view()},
                      {"door", kDoors[std::min<std::size_t>(
                                   static_cast<std::size_t>(interface.door), kDoors.size() - 1)]},
                      {"zero_copy", interface.zero_copy != 0 ? "true" : "false"},
                      {"why", interface.why.view()}});
    }
}

/// Every ring's value, or values, of one number: `write` makes samples with the ring's labels.
template <typename Write>
void by_ring(const GatewayFacts& facts, Write write) {
    for (std::size_t i = 0; i < std::min(facts.ring_count, facts.rings.size()); ++i) {
        const RingFacts& ring = facts.rings[i];
        const auto& interface =
            facts.interfaces[std::min<std::size_t>(ring.interface, facts.interfaces.size() - 1)];
        write(ring, interface.name.view(), std::to_string(ring.queue));
    }
}

void write_rings(std::string& text, const GatewayFacts& facts) {
    Family frames(text, "xdp_frames_total", "counter",
                  "Frames that the XDP program looked at since its ring was opened, by verdict.");
    by_ring(facts,
            [&](const RingFacts& ring, std::string_view interface, const std::string& queue) {
                for (std::size_t verdict = 0; verdict < kVerdictTexts.size(); ++verdict)
                    frames.sample(ring.frames[verdict], {{"interface", interface},
                                                         {"rx_queue", queue},
                                                         {"verdict", kVerdictTexts[verdict].name}});
            });
    struct Loss {
        std::string_view name, help;
        std::uint64_t RingFacts::*number;
    };
    constexpr std::array kLosses{
        Loss{"xdp_rx_dropped_total", "Frames for which no buffer was free, or long enough.",
             &RingFacts::rx_dropped},
        Loss{"xdp_rx_ring_full_total", "Frames for which the worker's ring had no room.",
             &RingFacts::rx_ring_full},
        Loss{"xdp_fill_ring_empty_total", "Times the kernel found no buffer in the fill ring.",
             &RingFacts::fill_ring_empty}};
    for (const Loss& loss : kLosses) {
        Family family(text, loss.name, "counter", loss.help);
        by_ring(facts, [&](const RingFacts& ring, std::string_view interface,
                           const std::string& queue) {
            family.sample(ring.*loss.number, {{"interface", interface}, {"rx_queue", queue}});
        });
    }
}

void write_queues(std::string& text, const Snapshot& snapshot) {
    const auto counter = [&](std::string_view name, std::string_view help) {
        return Family(text, name, "counter", help);
    };
    write_directions(text, snapshot, "packets_received_total", "Packets that came in.",
                     &dataplane::DirectionCounters::received);
    write_directions(text, snapshot, "received_bytes_total", "Bytes of them.",
                     &dataplane::DirectionCounters::received_bytes);
    write_directions(text, snapshot, "packets_delivered_total",
                     "Packets that were handed on, to the other side or to the control thread.",
                     &dataplane::DirectionCounters::delivered);
    write_directions(text, snapshot, "delivered_bytes_total", "Bytes of them.",
                     &dataplane::DirectionCounters::delivered_bytes);
    write_drops(text, snapshot);
    by_queue(snapshot, counter("tun_writes_total", "System calls that wrote to the TUN device."),
             [](const WorkerFigures& worker) { return worker.tun_writes.writes; });
    by_queue(snapshot, counter("tun_packets_total", "Packets in them."),
             [](const WorkerFigures& worker) { return worker.tun_writes.packets; });
    by_queue(snapshot,
             counter("tun_replaced_acks_total",
                     "Of these, TCP acknowledgments that a later one stands for."),
             [](const WorkerFigures& worker) { return worker.tun_writes.replaced; });
    by_queue(snapshot, counter("tun_refused_merges_total", "Merged packets the kernel refused."),
             [](const WorkerFigures& worker) { return worker.tun_writes.refused; });
    by_queue(snapshot, counter("socket_datagrams_total", "Datagrams that came through sockets."),
             [](const WorkerFigures& worker) { return worker.from_sockets.packets; });
    by_queue(snapshot, counter("xdp_datagrams_total", "Datagrams that came through XDP rings."),
             [](const WorkerFigures& worker) { return worker.from_rings.packets; });
    by_queue(snapshot, counter("icmp_answers_total", "ICMP errors sent for refused packets."),
             [](const WorkerFigures& worker) { return worker.packets.icmp_answers; });
    by_queue(snapshot, counter("peer_guard_contended_total", "Times two queues met on one peer."),
             [](const WorkerFigures& worker) { return worker.packets.guard_contended; });
    by_queue(snapshot, counter("wakeups_total", "Times a queue's worker woke."),
             [](const WorkerFigures& worker) { return worker.sleeps; });
    by_queue(
        snapshot,
        counter("idle_seconds_total", "Time a queue's worker did not work, until its last turn."),
        [](const WorkerFigures& worker) {
            return static_cast<double>(worker.asleep_ns + worker.looking_ns) / 1e9;
        });
    write_histogram(text, snapshot, "batch_packets", "Packets per batch from the network.", 1,
                    [](const WorkerFigures& worker) -> const auto& { return worker.batch_sizes; });
    write_histogram(text, snapshot, "turn_seconds",
                    "From the arrival of a batch to its last departure.", 1e-6,
                    [](const WorkerFigures& worker) -> const auto& { return worker.turn_us; });
}

}  // namespace

std::string prometheus_text(const Snapshot& snapshot) {
    std::string text;
    write_gateway(text, snapshot);
    write_queues(text, snapshot);
    write_rings(text, snapshot.facts);
    return text;
}

}  // namespace fz::telemetry
