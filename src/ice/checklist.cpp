#include "ice/checklist.h"

#include <algorithm>
#include <utility>

namespace fz::ice {

void Checklist::insert(const PairEnd& local, const PairEnd& remote, Instant now) {
    if (local.address.family() != remote.address.family()) return;
    Pair pair(role_, local, remote, now);
    if (Pair* known = find(local.address, remote.address)) {
        if (pair.priority <= known->priority && known->remote.kind != CandidateKind::prflx) return;
        pair.checks = std::move(known->checks);
        pair.nomination = known->nomination;
        pair.proposed_at = known->proposed_at;
        *known = std::move(pair);
    } else {
        pairs_.push_back(std::move(pair));
        ever_paired_ = true;
    }
    sort();
    if (pairs_.size() <= kMaxPairs) return;
    auto surplus = std::find_if(pairs_.rbegin(), pairs_.rend(), [](const Pair& worst) {
        return worst.nomination == Nomination::none;
    });
    if (surplus == pairs_.rend()) surplus = pairs_.rbegin();
    pairs_.erase(std::next(surplus).base());
}

void Checklist::sort() {
    std::stable_sort(pairs_.begin(), pairs_.end(),
                     [](const Pair& a, const Pair& b) { return a.priority > b.priority; });
}

void Checklist::remove_local(const wire::SocketAddr& local) {
    std::erase_if(pairs_, [&](const Pair& pair) { return pair.local.address == local; });
}

void Checklist::remove_remote(const wire::SocketAddr& remote, CandidateKind kind) {
    std::erase_if(pairs_, [&](const Pair& pair) {
        return pair.remote.address == remote && pair.remote.kind == kind;
    });
}

void Checklist::prune(const Timing& timing, Instant now) {
    std::erase_if(pairs_, [&](const Pair& pair) { return pair.checks.failed(timing, now); });
}

Pair* Checklist::find(const wire::SocketAddr& local, const wire::SocketAddr& remote) noexcept {
    return const_cast<Pair*>(std::as_const(*this).find(local, remote));
}

const Pair* Checklist::find(const wire::SocketAddr& local,
                            const wire::SocketAddr& remote) const noexcept {
    const auto it = std::find_if(pairs_.begin(), pairs_.end(), [&](const Pair& pair) {
        return pair.local.address == local && pair.remote.address == remote;
    });
    return it == pairs_.end() ? nullptr : &*it;
}

Pair* Checklist::find(const stun::TransactionId& id) noexcept {
    const auto it = std::find_if(pairs_.begin(), pairs_.end(),
                                 [&](const Pair& pair) { return pair.checks.awaits(id); });
    return it == pairs_.end() ? nullptr : &*it;
}

bool Checklist::awaits(const stun::TransactionId& id) const noexcept {
    return std::any_of(pairs_.begin(), pairs_.end(),
                       [&](const Pair& pair) { return pair.checks.awaits(id); });
}

bool Checklist::has_remote(const wire::SocketAddr& remote) const noexcept {
    return std::any_of(pairs_.begin(), pairs_.end(),
                       [&](const Pair& pair) { return pair.remote.address == remote; });
}

std::optional<Instant> Checklist::due() const noexcept {
    std::optional<Instant> next;
    for (const Pair& pair : pairs_) next = earlier(next, pair.checks.due());
    return next;
}

}  // namespace fz::ice
