// When to dial the portal again: slower and slower, never in a tight loop, not for ever.
#pragma once

#include <optional>

#include "base/time.h"
#include "crypto/random.h"

namespace fz::portal {

/// Bounds and factors; `give_up_after` counts from the first failure since the last join.
struct BackoffPolicy {
    Duration initial = 500ms;
    Duration ceiling = 60s;           ///< of the interval, before jitter
    Duration between_dials = 1s;      ///< floor: newer portals refuse more than one per second
    Duration max_retry_after = 5min;  ///< of what a Retry-After may ask for
    Duration give_up_after = 24h;
};

/// Intervals grow by half each time and are spread uniformly by ±50 %.
class Backoff {
  public:
    explicit Backoff(BackoffPolicy policy = {}) noexcept : policy_(policy) {}

    /// An attempt starts.
    void on_dial(Instant now) noexcept { last_dial_ = now; }
    /// The portal accepted the join; a mere WebSocket handshake proves nothing.
    void on_joined() noexcept;
    /// An attempt or a connection failed: when to dial next, or nothing to give up.
    /// `retry_after` is what the portal asked for, if it did.
    [[nodiscard]] std::optional<Instant> on_failure(Instant now, crypto::Random& random,
                                                    std::optional<Duration> retry_after = {});

  private:
    [[nodiscard]] static Duration jittered(Duration interval, crypto::Random& random);

    BackoffPolicy policy_;
    std::optional<Duration> interval_;  // of the next failure; nothing means initial
    std::optional<Instant> failing_since_;
    std::optional<Instant> last_dial_;
};

}  // namespace fz::portal
