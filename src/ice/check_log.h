// One pair's checks: what was sent, what was answered, and when the next one is due.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "base/time.h"
#include "ice/timing.h"
#include "stun/transaction_id.h"

namespace fz::ice {

/// Every check is a new transaction; an answer to any remembered one counts. The schedule follows
/// the number of remembered checks while answers come, and the number of unanswered ones as soon
/// as they have stayed away for longer than max_rto / 2: a pair that falls silent is asked quicker.
class CheckLog {
  public:
    /// The first check is due at once.
    explicit CheckLog(Instant now) noexcept : due_(now) {}

    [[nodiscard]] Instant due() const noexcept { return due_; }
    /// True if the last max_attempts checks were not answered and the youngest of them had its
    /// time.
    [[nodiscard]] bool failed(const Timing& timing, Instant now) const noexcept;

    void sent(const stun::TransactionId& id, const Timing& timing, Instant now);
    /// When the answered check was sent, or nothing if none of ours has this id.
    std::optional<Instant> answered(const stun::TransactionId& id, Instant now) noexcept;
    [[nodiscard]] bool awaits(const stun::TransactionId& id) const noexcept;
    void reschedule(const Timing& timing);

    /// The peer was heard here: our next check is due as soon as the last one is 250 ms old.
    void hasten(Instant now) noexcept;
    /// Makes the next check due now.
    void expedite(Instant now) noexcept;
    /// Finds out quickly whether the pair still works: checks at 0, 250 and 750 ms until answered.
    void probe(Instant now) noexcept;

    /// True if a check was ever answered.
    [[nodiscard]] bool succeeded() const noexcept { return last_success_.has_value(); }
    /// When the youngest answered check was sent.
    [[nodiscard]] std::optional<Instant> last_success() const noexcept { return last_success_; }
    /// How long the answer to the youngest answered check took. It is not smoothed: an idle pair is
    /// checked every 25 s, so an average would tell of minutes ago, and no timer hangs on it.
    [[nodiscard]] std::optional<Duration> round_trip() const noexcept { return round_trip_; }
    /// When the outage began: the oldest of the checks not answered since the last success.
    [[nodiscard]] std::optional<Instant> unanswered_since() const noexcept;
    /// True if two checks in a row were not answered within 250 ms.
    [[nodiscard]] bool silent(Instant now) const noexcept;

  private:
    struct Attempt {
        stun::TransactionId id;
        Instant at;
        bool answered;
    };

    [[nodiscard]] std::size_t unanswered() const noexcept;

    std::deque<Attempt> attempts_;  ///< the last max_attempts
    Instant due_;
    std::optional<Instant> last_success_;
    std::optional<Duration> round_trip_;
    bool probing_ = false;
};

}  // namespace fz::ice
