#include "noise/gatekeeper.h"

namespace fz::noise {

Verdict Gatekeeper::admit(Bytes message, const wire::SocketAddr& source, Now now) noexcept {
    const auto proof = cookies_.check(message, source, now.instant);
    if (proof == CookieMaker::Proof::none) return Drop{};
    // Counted also when mac2 is right: its senders use the node up like all others.
    const auto load = limiter_.count(now.instant);
    if (load == RateLimiter::Load::normal || proof == CookieMaker::Proof::mac1_and_mac2)
        return Admit{};
    return Reply{cookies_.reply(message, source, now.instant)};
}

}  // namespace fz::noise
