// How often a pair is checked and when it is given up: upstream's two profiles as data.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace fz::ice {

struct Timing {
    Duration initial_rto;        ///< from the first check of a new pair to its second
    Duration max_rto;            ///< between the checks of a pair that works
    std::uint32_t max_attempts;  ///< consecutive unanswered checks that end a pair

    friend bool operator==(const Timing&, const Timing&) = default;
};

/// While packets flow. A new pair ends after 15.25 s of silence, one that worked after 16.5 s.
inline constexpr Timing kDefaultTiming{250ms, 1500ms, 12};
/// While nothing flows: one check per 25 s keeps NAT bindings; the end comes after 100 s.
inline constexpr Timing kIdleTiming{25s, 25s, 4};

/// From check number `attempt` (from 1) to the next one: doubling, up to max_rto.
[[nodiscard]] constexpr Duration delay_after(const Timing& timing, std::uint32_t attempt) noexcept {
    Duration delay = timing.initial_rto;
    const std::uint32_t doublings = std::min(attempt - 1, timing.max_attempts);
    for (std::uint32_t i = 0; i < doublings && delay < timing.max_rto; ++i) delay *= 2;
    return std::min(delay, timing.max_rto);
}

}  // namespace fz::ice
