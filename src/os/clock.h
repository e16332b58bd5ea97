// Where time enters the process: both clocks, read together.
#pragma once

#include "base/time.h"

namespace fz::os {

/// CLOCK_MONOTONIC and CLOCK_REALTIME. Read once per tick; every packet of a tick shares it.
[[nodiscard]] Now read_clocks() noexcept;
/// CLOCK_MONOTONIC alone.
[[nodiscard]] Instant read_monotonic_clock() noexcept;
/// The processor's time stamp counter; always 0 where there is none.
[[nodiscard]] std::uint64_t read_cycle_counter() noexcept;

}  // namespace fz::os
