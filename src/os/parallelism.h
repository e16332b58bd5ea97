// How many things this host can do at once: processors, and queues of the way to the internet.
#pragma once

#include <cstddef>

namespace fz::os {

/// Processors that this process may use, at least 1 (sched_getaffinity(2)).
[[nodiscard]] std::size_t usable_processors() noexcept;

/// Receive queues of the interface with the default route, the most of them if there are several;
/// 1 if there is none or it does not say (ethtool -l).
[[nodiscard]] std::size_t default_route_queues();

}  // namespace fz::os
