#include "noise/replay_window.h"

#include <algorithm>

#include "noise/messages.h"

namespace fz::noise {

bool ReplayWindow::check(std::uint64_t counter) const noexcept {
    if (counter >= kRejectAfterMessages) return false;
    if (counter >= next_) return true;
    if (next_ - 1 - counter > kReach) return false;
    return (ring_[counter / 64 % kWords] >> counter % 64 & 1) == 0;
}

bool ReplayWindow::accept(std::uint64_t counter) noexcept {
    if (!check(counter)) return false;
    const std::uint64_t word = counter / 64;
    if (counter >= next_) {
        // The words between the last greatest counter's and this one's: none has been used since
        // its turn came round, all are if the jump is longer than the ring.
        const std::uint64_t newest = next_ == 0 ? 0 : (next_ - 1) / 64;
        const std::uint64_t ahead = std::min<std::uint64_t>(word - newest, kWords);
        for (std::uint64_t i = 0; i < ahead; ++i) ring_[(word - i) % kWords] = 0;
        next_ = counter + 1;
    }
    ring_[word % kWords] |= std::uint64_t{1} << counter % 64;
    return true;
}

}  // namespace fz::noise
