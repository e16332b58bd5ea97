// Each message counter is accepted once: a sliding bitmap over the greatest counters seen.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace fz::noise {

/// A default-constructed window is ready and expects counter 0. Not thread-safe.
/// Source: RFC 6479 (a ring of words; moving ahead clears whole words); WireGuard 5.4.6.
class ReplayWindow {
  public:
    static constexpr std::size_t kBits = 8192;
    /// How far behind the greatest counter a counter may be. One word less than the ring holds,
    /// because the word that the greatest counter lies in was cleared as a whole.
    static constexpr std::uint64_t kReach = kBits - 64;

    /// True if `counter` would be accepted: cheap, to be asked before decryption.
    [[nodiscard]] bool check(std::uint64_t counter) const noexcept;
    /// Marks an authentic message's counter as seen. False if it was seen before or is too old.
    [[nodiscard]] bool accept(std::uint64_t counter) noexcept;

  private:
    static constexpr std::size_t kWords = kBits / 64;

    std::uint64_t next_ = 0;  ///< greatest counter seen, plus one
    std::array<std::uint64_t, kWords> ring_{};
};

}  // namespace fz::noise
