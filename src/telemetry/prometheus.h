// A snapshot in Prometheus' text format (version 0.0.4), for `GET /metrics` and fz-stat.
#pragma once

#include <string>

#include "telemetry/page.h"

namespace fz::telemetry {

/// Counters are named as Prometheus wants them: a unit, and `_total`; a queue is a worker.
[[nodiscard]] std::string prometheus_text(const Snapshot& snapshot);

}  // namespace fz::telemetry
