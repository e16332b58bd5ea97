#include "ice/remote_candidates.h"

#include <algorithm>

namespace fz::ice {

void RemoteCandidates::add(const PairEnd& remote) {
    std::erase(barred_, remote.address);
    std::erase_if(remotes_, [&](const PairEnd& known) {
        return known.address == remote.address &&
               (known.kind == remote.kind || known.kind == CandidateKind::prflx);
    });
    remotes_.push_back(remote);
}

void RemoteCandidates::remove(const wire::SocketAddr& address, CandidateKind kind) {
    std::erase_if(remotes_, [&](const PairEnd& known) {
        return known.address == address && known.kind == kind;
    });
    if (kind != CandidateKind::relay) return;
    std::erase(barred_, address);
    if (barred_.size() == kMaxRemotes) barred_.erase(barred_.begin());
    barred_.push_back(address);
}

RemoteCandidates::Guesses RemoteCandidates::guesses() const {
    Guesses found;
    for (const PairEnd& reflexive : remotes_) {
        if (reflexive.kind != CandidateKind::srflx || !reflexive.address.ip.is_v4()) continue;
        for (const PairEnd& host : remotes_) {
            if (host.kind != CandidateKind::host || !host.address.ip.is_v4()) continue;
            const wire::SocketAddr guess{reflexive.address.ip, host.address.port};
            const bool known = find(guess) != nullptr || barred(guess);
            const bool repeated = std::any_of(found.begin(), found.end(), [&](const PairEnd& end) {
                return end.address == guess;
            });
            if (known || repeated) continue;
            found.push_back({CandidateKind::srflx, guess,
                             candidate_priority(CandidateKind::srflx,
                                                kTopPreference - family_penalty(guess.family()))});
            if (found.full()) return found;
        }
    }
    return found;
}

const PairEnd* RemoteCandidates::find(const wire::SocketAddr& address) const noexcept {
    const auto it = std::find_if(remotes_.begin(), remotes_.end(),
                                 [&](const PairEnd& remote) { return remote.address == address; });
    return it == remotes_.end() ? nullptr : &*it;
}

bool RemoteCandidates::barred(const wire::SocketAddr& address) const noexcept {
    return std::find(barred_.begin(), barred_.end(), address) != barred_.end();
}

}  // namespace fz::ice
