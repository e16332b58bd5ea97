#include "tally.h"

namespace fz::load {

void Tally::describe(const Arrivals& arrivals, std::size_t packet_size, JsonObject& into) const {
    const auto packets = static_cast<double>(arrivals.packets);
    const std::uint64_t bytes = arrivals.packets * packet_size;
    into.number("seconds", seconds)
        .count("sent", sent)
        .count("refused", refused)
        .count("packets", arrivals.packets)
        .count("bytes", bytes)
        .count("lost", sent > arrivals.packets ? sent - arrivals.packets : 0)
        .count("reordered", arrivals.reordered)
        .raw("corrupt", arrivals.corrupt ? std::to_string(*arrivals.corrupt) : "null")
        .number("pps", packets / seconds)
        .number("gbit_per_s", 8e-9 * static_cast<double>(bytes) / seconds)
        .count("skbs", arrivals.skbs)
        .number("segments_per_skb", packets / static_cast<double>(arrivals.skbs))
        .number("single_share", static_cast<double>(arrivals.singles) / packets)
        .count("stalls", stalls)
        .count("sink_drops", sink_drops);
}

}  // namespace fz::load
