// The screens behind the first one: every drop, the XDP rings, how sizes and times are spread.
#pragma once

#include "stat/overview.h"

namespace fz::stat {

enum class Which : std::uint8_t { those_that_happened, all };

/// Each cause with its count since the start, its rate now and what it means.
[[nodiscard]] Lines drops(const telemetry::Snapshot& before, const telemetry::Snapshot& after,
                          Which which, std::size_t width);
/// Programs, modes and rings; what the program has decided, what the kernel has counted.
[[nodiscard]] Lines rings(const telemetry::Snapshot& snapshot, std::size_t width);
/// Packets per batch and microseconds per turn, of all queues together, since the start.
[[nodiscard]] Lines histograms(const telemetry::Snapshot& snapshot, std::size_t width);

}  // namespace fz::stat
