// The screen again and again, until somebody ends it.
#pragma once

#include "stat/overview.h"
#include "stat/request.h"

namespace fz::stat {

/// Returns the program's exit status. Without a terminal the screens follow one another.
[[nodiscard]] int watch(const Request& request);

/// One screen of what happened between two looks.
[[nodiscard]] Lines screen(Screen which, const telemetry::Snapshot& before,
                           const telemetry::Snapshot& after, bool all_drops, std::size_t width,
                           Order order = Order::queue);

}  // namespace fz::stat
