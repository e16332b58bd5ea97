// Whether a worker looks on for a moment before it sleeps.
//
// What it handed to the private network is often answered within some tens of microseconds. A core
// that has gone to sleep meanwhile takes as long to wake, above all a virtual one: the answer would
// wait for the core. So the first turn after a long sleep is followed by a look, as long as answers
// do come; a busy worker never looks, because its sleeps are short. Costs at most kLook per
// kLongSleep, and a sixteenth of that where nothing answers.
#pragma once

#include "base/time.h"

namespace fz::worker {

class Linger {
  public:
    static constexpr Duration kLook = 100us;
    static constexpr Duration kLongSleep = 1ms;

    /// How long to look before the next sleep; zero: not at all.
    [[nodiscard]] Duration look() noexcept {
        if (!woke_from_long_sleep_) return Duration::zero();
        woke_from_long_sleep_ = false;
        return answered_ > 0 || ++unlooked_ % kTryEvery == 0 ? kLook : Duration::zero();
    }
    /// Reports how a look ended.
    void looked(bool found) noexcept { answered_ = found ? kTrust : answered_ - (answered_ > 0); }
    void slept(Duration duration) noexcept { woke_from_long_sleep_ = duration >= kLongSleep; }

  private:
    static constexpr unsigned kTrust = 4;      ///< looks in vain after one that was not
    static constexpr unsigned kTryEvery = 16;  ///< one look in so many, once there is no trust

    bool woke_from_long_sleep_ = false;
    unsigned answered_ = 0;
    unsigned unlooked_ = 0;
};

}  // namespace fz::worker
