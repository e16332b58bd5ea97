// When to send a request again and when to give up: a retransmission schedule as a value.
#pragma once

#include <optional>

#include "base/time.h"

namespace fz::stun {

/// The first wait, its growth from copy to copy, and the time after which no answer is expected.
struct RetransmitPolicy {
    Duration first;
    double factor = 1;
    Duration budget;
};

/// Sends at 0, 1, 2.5 and 4.75 s, gives up at 8.125 s: the first step that reaches the budget.
inline constexpr RetransmitPolicy kTurnPolicy{1s, 1.5, 8s};
/// One transmission, one second: is the server still there?
inline constexpr RetransmitPolicy kProbePolicy{1s, 1, 1s};

enum class Due { nothing, resend, give_up };

/// One request's schedule. The first copy is sent by the caller when it makes the schedule.
class Retransmission {
  public:
    Retransmission(RetransmitPolicy policy, Instant now) noexcept;

    [[nodiscard]] Instant started() const noexcept { return started_; }
    /// When `advance` will have something to say.
    [[nodiscard]] Instant deadline() const noexcept { return deadline_; }

    /// What is due at `now`. The next wait counts from the call, so a late one sends one copy, not
    /// a burst. From `give_up` on the answer stays.
    [[nodiscard]] Due advance(Instant now) noexcept;

  private:
    Instant started_;
    Instant deadline_;
    RetransmitPolicy policy_;  ///< `first` is the wait that `deadline_` ends
};

}  // namespace fz::stun
