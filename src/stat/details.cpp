#include "stat/details.h"

#include <algorithm>

#include "stat/table.h"
#include "stat/units.h"
#include "telemetry/verdict_texts.h"

namespace fz::stat {
namespace {

using telemetry::RingFacts;
using telemetry::Snapshot;
using telemetry::WorkerFigures;

constexpr std::size_t kBar = 40;  // columns

std::uint64_t drops_of(const Snapshot& snapshot, std::size_t cause) {
    std::uint64_t count = 0;
    for (const WorkerFigures& worker : snapshot.workers)
        count += worker.packets.to_resource.drops[cause] + worker.packets.to_client.drops[cause];
    return count;
}

std::string bar(std::uint64_t count, std::uint64_t most) {
    const auto length = static_cast<std::size_t>(
        static_cast<double>(kBar) * static_cast<double>(count) / static_cast<double>(most));
    return std::string(std::max<std::size_t>(length, count > 0 ? 1 : 0), '#');
}

/// Bucket 0 counts zeros, bucket i the numbers from 2^(i-1) up to, but without, 2^i.
std::string range_of(std::size_t bucket, bool last) {
    if (bucket == 0) return "0";
    const std::uint64_t from = std::uint64_t{1} << (bucket - 1);
    if (last) return std::to_string(from) + " and more";
    const std::uint64_t to = 2 * from - 1;
    return from == to ? std::to_string(from) : std::to_string(from) + " to " + std::to_string(to);
}

template <std::size_t N>
void draw(Lines& lines, const std::string& title, const std::array<std::uint64_t, N>& counts,
          std::size_t width) {
    const std::uint64_t most = *std::max_element(counts.begin(), counts.end());
    lines.push_back(title);
    if (most == 0) {
        lines.emplace_back("  nothing yet");
        return;
    }
    std::size_t first = 0, last = N - 1;
    while (counts[first] == 0) ++first;
    while (counts[last] == 0) --last;
    Table table({{"", 3}, {"count", 2}, {"", 1, true}});
    for (std::size_t i = first; i <= last; ++i)
        table.add({range_of(i, i == N - 1), grouped(counts[i]), bar(counts[i], most)});
    const Lines rows = table.lines(width);
    lines.insert(lines.end(), rows.begin() + 1, rows.end());
}

}  // namespace

Lines drops(const Snapshot& before, const Snapshot& after, Which which, std::size_t width) {
    const double seconds = std::chrono::duration<double>(after.taken_at - before.taken_at).count();
    Table table({{"cause", 9, true}, {"count", 8}, {"per s", 7}, {"meaning", 1, true}});
    std::size_t shown = 0;
    for (std::size_t i = 0; i < dataplane::kDropCount; ++i) {
        const std::uint64_t count = drops_of(after, i);
        if (count == 0 && which != Which::all) continue;
        const std::uint64_t earlier = std::min(drops_of(before, i), count);
        table.add({std::string(dataplane::kDropTexts[i].name), grouped(count),
                   human(seconds > 0 ? static_cast<double>(count - earlier) / seconds : 0),
                   std::string(dataplane::kDropTexts[i].help)});
        ++shown;
    }
    if (shown == 0) return {"nothing was dropped since the gateway started"};
    return table.lines(width);
}

Lines rings(const Snapshot& snapshot, std::size_t width) {
    Lines lines;
    const auto& facts = snapshot.facts;
    for (std::size_t i = 0; i < std::min(facts.ring_count, facts.rings.size()); ++i) {
        const RingFacts& ring = facts.rings[i];
        const std::size_t place =
            std::min<std::size_t>(ring.interface, facts.interfaces.size() - 1);
        const auto& interface = facts.interfaces[place];
        if (!lines.empty()) lines.emplace_back();
        lines.push_back(harmless(interface.name.view()) + " queue " + std::to_string(ring.queue) +
                        ": " +
                        (interface.door == telemetry::DoorKind::generic ? "generic" : "native") +
                        (ring.zero_copy != 0 ? ", zero-copy" : ", copy") + ", worker " +
                        std::to_string(ring.worker));
        Table table({{"  frames", 9, true}, {"count", 8}, {"meaning", 1, true}});
        for (std::size_t v = 0; v < telemetry::kVerdictTexts.size(); ++v)
            table.add({"  " + std::string(telemetry::kVerdictTexts[v].name),
                       grouped(ring.frames[v]), std::string(telemetry::kVerdictTexts[v].help)});
        table.add({"  ring full", grouped(ring.rx_ring_full), "lost: the worker did not keep up"});
        table.add({"  no buffer", grouped(ring.rx_dropped), "lost: none was free, or long enough"});
        table.add({"  buffers used up", grouped(ring.fill_ring_empty),
                   "times the kernel looked for one in vain"});
        const Lines rows = table.lines(width);
        lines.insert(lines.end(), rows.begin(), rows.end());
    }
    if (!lines.empty()) return lines;
    lines.emplace_back("No packets come through XDP.");
    const Lines why = header(snapshot, width);
    lines.insert(lines.end(),
                 why.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(4, why.size())),
                 why.end());
    return lines;
}

Lines histograms(const Snapshot& snapshot, std::size_t width) {
    decltype(WorkerFigures::batch_sizes) sizes;
    decltype(WorkerFigures::turn_us) turns;
    for (const WorkerFigures& worker : snapshot.workers) {
        for (std::size_t i = 0; i < sizes.counts.size(); ++i)
            sizes.counts[i] += worker.batch_sizes.counts[i];
        for (std::size_t i = 0; i < turns.counts.size(); ++i)
            turns.counts[i] += worker.turn_us.counts[i];
    }
    Lines lines;
    draw(lines, "packets per batch from the network", sizes.counts, width);
    lines.emplace_back();
    draw(lines, "microseconds per turn: from the arrival of a batch to its last packet's departure",
         turns.counts, width);
    return lines;
}

}  // namespace fz::stat
