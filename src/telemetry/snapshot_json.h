// A snapshot as a JSON document, and back: what `fz-stat --json` prints and `fz-stat diff` reads.
//
//   {"format": 1, "taken_at_ns": N, "gateway": {"version": "...", "portal": "joined", ...},
//    "interfaces": [{"name": "eth0", "door": "native", ...}],
//    "rings": [{"interface": "eth0", "queue": 0, "frames": {"steered_data": N, ...}, ...}],
//    "workers": [{"to_resource": {"received": N, ..., "drops": {"bad_tag": N, ...}}, ...}]}
//
// All numbers are counters since the start unless facts.h or worker_figures.h calls them state;
// names are those of their fields. Times are nanoseconds of CLOCK_MONOTONIC.
#pragma once

#include <string>
#include <string_view>

#include "base/expected.h"
#include "telemetry/page.h"

namespace fz::telemetry {

/// One line, without a line feed.
[[nodiscard]] std::string to_json(const Snapshot& snapshot);

/// Fields that are missing are 0; unknown ones are ignored.
/// Errors: no JSON, or no snapshot.
[[nodiscard]] Expected<Snapshot> from_json(std::string_view text);

}  // namespace fz::telemetry
