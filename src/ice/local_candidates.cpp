#include "ice/local_candidates.h"

#include <algorithm>
#include <utility>

namespace fz::ice {
namespace {

auto at_address(const wire::SocketAddr& address) {
    return [&address](const Candidate& candidate) { return candidate.address == address; };
}

}  // namespace

std::uint32_t LocalCandidates::count_sibling(const Candidate& candidate) {
    for (Siblings& siblings : siblings_)
        if (siblings.kind == candidate.kind && siblings.family == candidate.address.family())
            return siblings.count++;
    siblings_.push_back({candidate.kind, candidate.address.family(), 1});
    return 0;
}

const Candidate* LocalCandidates::add(Candidate candidate) {
    if (find(candidate.address) != nullptr) return nullptr;
    candidate.priority = behind_siblings(candidate.priority, count_sibling(candidate));
    return &candidates_.emplace_back(std::move(candidate));
}

std::optional<Candidate> LocalCandidates::remove(const wire::SocketAddr& address) {
    const auto it = std::find_if(candidates_.begin(), candidates_.end(), at_address(address));
    if (it == candidates_.end()) return std::nullopt;
    Candidate removed = std::move(*it);
    candidates_.erase(it);
    return removed;
}

const Candidate* LocalCandidates::find(const wire::SocketAddr& address) const noexcept {
    const auto it = std::find_if(candidates_.begin(), candidates_.end(), at_address(address));
    return it == candidates_.end() ? nullptr : &*it;
}

}  // namespace fz::ice
