#include "stun/transaction.h"

#include "base/assert.h"

namespace fz::stun {

Retransmission::Retransmission(RetransmitPolicy policy, Instant now) noexcept
    : started_(now), deadline_(now + policy.first), policy_(policy) {
    FZ_ASSERT(policy.first > Duration::zero() && policy.factor >= 1);
}

Due Retransmission::advance(Instant now) noexcept {
    if (now < deadline_) return Due::nothing;
    if (deadline_ - started_ >= policy_.budget) return Due::give_up;
    policy_.first = std::chrono::duration_cast<Duration>(policy_.first * policy_.factor);
    deadline_ = now + policy_.first;
    return Due::resend;
}

}  // namespace fz::stun
