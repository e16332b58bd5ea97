// The question of a monitoring system: one line, and 0, 1 or 2.
#pragma once

#include <string>

#include "stat/rates.h"

namespace fz::stat {

struct Thresholds {
    double warn_busy = 0.8;  ///< of one processor, the busiest queue
    double crit_busy = 0.95;
    double warn_loss = 0.001;  ///< share of packets that were lost because the host was too slow
    double crit_loss = 0.01;
    Duration portal_grace = std::chrono::seconds(60);  ///< without the portal
};

struct Health {
    int status = 0;    ///< 0 good, 1 warning, 2 critical
    std::string line;  ///< with figures behind a '|', as Nagios and its heirs read them
};

[[nodiscard]] Health check(const telemetry::Snapshot& snapshot, const Rates& rates,
                           const Thresholds& thresholds);

}  // namespace fz::stat
