#include "ice/check_log.h"

#include <algorithm>

namespace fz::ice {
namespace {

constexpr Duration kQuickly = 250ms;  ///< the least time between checks made out of turn
constexpr std::size_t kProbeChecks = 3;
constexpr std::size_t kSilentAfter = 2;  ///< checks; one may be lost by chance

}  // namespace

std::size_t CheckLog::unanswered() const noexcept {
    const auto last_answered =
        std::find_if(attempts_.rbegin(), attempts_.rend(),
                     [](const Attempt& attempt) { return attempt.answered; });
    return static_cast<std::size_t>(last_answered - attempts_.rbegin());
}

bool CheckLog::failed(const Timing& timing, Instant now) const noexcept {
    const std::size_t missing = unanswered();
    return missing >= timing.max_attempts &&
           now - attempts_.back().at >= delay_after(timing, static_cast<std::uint32_t>(missing));
}

void CheckLog::sent(const stun::TransactionId& id, const Timing& timing, Instant now) {
    attempts_.push_back({id, now, false});
    reschedule(timing);
}

void CheckLog::reschedule(const Timing& timing) {
    while (attempts_.size() > timing.max_attempts) attempts_.pop_front();
    if (attempts_.empty()) return;
    const Instant last = attempts_.back().at;
    const std::size_t missing = unanswered();
    if (probing_ && missing < kProbeChecks) {
        due_ = last + delay_after(kDefaultTiming,
                                  static_cast<std::uint32_t>(std::max<std::size_t>(missing, 1)));
        return;
    }
    const auto since = unanswered_since();
    const bool outage = since && last - *since > timing.max_rto / 2;
    due_ =
        last + delay_after(timing, static_cast<std::uint32_t>(outage ? missing : attempts_.size()));
}

std::optional<Instant> CheckLog::answered(const stun::TransactionId& id, Instant now) noexcept {
    const auto attempt = std::find_if(attempts_.begin(), attempts_.end(),
                                      [&id](const Attempt& known) { return known.id == id; });
    if (attempt == attempts_.end()) return std::nullopt;
    // Every check has its own id, so an answer times exactly one of them. Copies of it come later,
    // and what an older check took is no news.
    if (!attempt->answered && !(last_success_ > attempt->at)) round_trip_ = now - attempt->at;
    attempt->answered = true;
    probing_ = false;
    last_success_ = last_success_ ? std::max(*last_success_, attempt->at) : attempt->at;
    return attempt->at;
}

bool CheckLog::awaits(const stun::TransactionId& id) const noexcept {
    return std::any_of(attempts_.begin(), attempts_.end(),
                       [&id](const Attempt& known) { return known.id == id; });
}

void CheckLog::hasten(Instant now) noexcept {
    if (attempts_.empty()) return;
    due_ = std::min(due_, std::max(now, attempts_.back().at + kQuickly));
}

void CheckLog::expedite(Instant now) noexcept { due_ = std::min(due_, now); }

void CheckLog::probe(Instant now) noexcept {
    if (unanswered() >= kProbeChecks) return;
    probing_ = true;
    expedite(now);
}

std::optional<Instant> CheckLog::unanswered_since() const noexcept {
    const std::size_t missing = unanswered();
    if (missing == 0) return std::nullopt;
    return attempts_[attempts_.size() - missing].at;
}

bool CheckLog::silent(Instant now) const noexcept {
    const std::size_t missing = unanswered();
    if (missing < kSilentAfter) return false;
    return now - attempts_[attempts_.size() - missing + kSilentAfter - 1].at >= kQuickly;
}

}  // namespace fz::ice
