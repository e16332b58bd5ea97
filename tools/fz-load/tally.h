// What a run of packets came to: the numbers that decrypt and encrypt both print.
#pragma once

#include <cstdint>
#include <optional>

#include "json_object.h"

namespace fz::load {

/// What arrived at the other end.
struct Arrivals {
    std::uint64_t packets = 0;  ///< inner IP packets, merged ones counted one by one
    std::uint64_t skbs = 0;     ///< as the kernel saw them, merged
    std::uint64_t singles = 0;  ///< packets that were not merged
    std::uint64_t reordered = 0;
    std::optional<std::uint64_t> corrupt;  ///< nothing if nobody compared

    void add(std::uint64_t count) noexcept {
        packets += count;
        ++skbs;
        if (count == 1) ++singles;
    }
};

struct Tally {
    double seconds = 0;
    std::uint64_t sent = 0;
    std::uint64_t refused = 0;  ///< of these, by our own kernel
    std::uint64_t stalls = 0;
    std::uint64_t sink_drops = 0;

    void describe(const Arrivals& arrivals, std::size_t packet_size, JsonObject& into) const;
};

}  // namespace fz::load
