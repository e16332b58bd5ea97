// The two clocks the core is told about: a monotonic instant and civil time. It never asks for
// them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace fz {

using namespace std::chrono_literals;

/// Tag of the monotonic clock; it has no now(): the shells read the time, the core receives it.
struct MonotonicClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<MonotonicClock>;
    static constexpr bool is_steady = true;
};

using Instant = MonotonicClock::time_point;
using Duration = MonotonicClock::duration;
using UnixSeconds = std::chrono::sys_seconds;  ///< the portal's expiry times
using UnixTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// Both clocks, read together at the start of one tick.
struct Now {
    Instant instant;
    UnixTime unix;
};

/// The earlier of two deadlines, where nothing means never.
[[nodiscard]] inline std::optional<Instant> earlier(std::optional<Instant> a,
                                                    std::optional<Instant> b) noexcept {
    if (!a) return b;
    if (!b) return a;
    return *a < *b ? a : b;
}

}  // namespace fz
