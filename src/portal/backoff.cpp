#include "portal/backoff.h"

#include <algorithm>

namespace fz::portal {

void Backoff::on_joined() noexcept {
    interval_.reset();
    failing_since_.reset();
}

std::optional<Instant> Backoff::on_failure(Instant now, crypto::Random& random,
                                           std::optional<Duration> retry_after) {
    const Duration interval = interval_.value_or(policy_.initial);
    interval_ = std::min(interval * 3 / 2, policy_.ceiling);
    if (!failing_since_) failing_since_ = now;

    Instant next = now + jittered(interval, random);
    if (retry_after) next = now + std::clamp(*retry_after, Duration{0}, policy_.max_retry_after);
    if (last_dial_) next = std::max(next, *last_dial_ + policy_.between_dials);
    if (next - *failing_since_ > policy_.give_up_after) return std::nullopt;
    return next;
}

Duration Backoff::jittered(Duration interval, crypto::Random& random) {
    // Uniform in [interval / 2, interval * 3 / 2], in whole microseconds.
    using std::chrono::microseconds;
    const auto spread = std::chrono::duration_cast<microseconds>(interval).count();
    const auto drawn = random.below(static_cast<std::uint32_t>(spread) + 1);
    return interval / 2 + microseconds(drawn);
}

}  // namespace fz::portal
