// The screen that answers: which path am I on and why, what is dropped and why, do I need another
// gateway.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "stat/rates.h"
#include "telemetry/page.h"

namespace fz::stat {

using Lines = std::vector<std::string>;

/// Version, portal, relays, peers, and each interface with the reason for its way in.
[[nodiscard]] Lines header(const telemetry::Snapshot& snapshot, std::size_t width);
/// What the busiest rows come first by; by number is the default.
enum class Order : std::uint8_t { queue, up, down, drops, busy };
inline constexpr std::size_t kOrders = 5;

/// A row for each queue and one for all of them, then coalescing and the verdict. The heading of
/// the column they are ordered by has a mark.
[[nodiscard]] Lines queues(const telemetry::Snapshot& snapshot, const Rates& rates,
                           std::size_t width, Order order = Order::queue);
/// One sentence: whether this gateway keeps up, and what it is that says so.
[[nodiscard]] std::string verdict(const Rates& rates);

}  // namespace fz::stat
