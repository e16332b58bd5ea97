// Where randomness enters the process: one seed, from which the core draws the rest.
#pragma once

#include <array>
#include <cstddef>

namespace fz::os {

/// Thirty-two bytes of getrandom(2). Waits at early boot until the kernel's pool is initialised.
[[nodiscard]] std::array<std::byte, 32> random_seed() noexcept;

}  // namespace fz::os
