// Which nominated pair carries the data, and which pair deserves nomination.
//
// A pair works if one of its checks was answered and it is not silent. It counts as silent only if
// another pair has answered a check sent after its own went unanswered: if everything is silent,
// the network is to blame and nothing is gained by moving.
//
// Working pairs go before the others, then priority decides, and equals change nothing. So a better
// nomination takes over after one round trip. A worse one takes over when the current pair has
// died, which is what a NAT rebinding looks like from this end: the peer nominates "the same" pair
// from an address we first see now, while its old address no longer answers.
#pragma once

#include <optional>
#include <span>

#include "ice/pair.h"

namespace fz::ice {

class Selection {
  public:
    /// Looks at `pairs` as they are at `now`; borrowed.
    Selection(std::span<Pair> pairs, Instant now) noexcept;

    [[nodiscard]] bool works(const Pair& pair) const noexcept;
    /// The nominated pair to use, or null if none is. `current` (may be null) wins ties.
    [[nodiscard]] Pair* to_use(Pair* current) const noexcept;
    /// The working pair of highest priority, or null.
    [[nodiscard]] Pair* best() const noexcept;

  private:
    std::span<Pair> pairs_;
    Instant now_;
    std::optional<Instant> freshest_;  ///< when the youngest answered check of any pair was sent
};

}  // namespace fz::ice
