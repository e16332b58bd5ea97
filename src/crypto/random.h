// The core's only randomness: a ChaCha20 stream from a seed that the shell (or a test) supplies.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "crypto/keys.h"

namespace fz::crypto {

/// Deterministic in its seed and unpredictable without it; each draw replaces the seed, so past
/// output cannot be recomputed. Not thread-safe.
class Random {
  public:
    explicit Random(Secret seed) noexcept : seed_(seed) {}
    Random(const Random&) = delete;
    Random& operator=(const Random&) = delete;

    void fill(MutBytes out) noexcept;
    [[nodiscard]] std::uint32_t u32() noexcept;
    [[nodiscard]] std::uint64_t u64() noexcept;
    /// Uniform in [0, bound); `bound` must not be 0.
    [[nodiscard]] std::uint32_t below(std::uint32_t bound) noexcept;
    [[nodiscard]] Secret secret() noexcept;
    template <std::size_t N>
    [[nodiscard]] std::array<std::byte, N> bytes() noexcept {
        std::array<std::byte, N> out;
        fill(out);
        return out;
    }

  private:
    Secret seed_;
};

}  // namespace fz::crypto
