#include "ice/selection.h"

#include <utility>

namespace fz::ice {

Selection::Selection(std::span<Pair> pairs, Instant now) noexcept : pairs_(pairs), now_(now) {
    for (const Pair& pair : pairs)
        if (const auto success = pair.checks.last_success(); success && !(freshest_ > success))
            freshest_ = success;
}

bool Selection::works(const Pair& pair) const noexcept {
    if (!pair.checks.succeeded()) return false;
    const bool overtaken = freshest_ >= pair.checks.unanswered_since();
    return !(pair.checks.silent(now_) && overtaken);
}

Pair* Selection::to_use(Pair* current) const noexcept {
    const auto rank = [this](const Pair& pair) { return std::pair(works(pair), pair.priority); };
    Pair* chosen = current != nullptr && current->nominated() ? current : nullptr;
    for (Pair& pair : pairs_)
        if (pair.nominated() && (chosen == nullptr || rank(pair) > rank(*chosen))) chosen = &pair;
    return chosen;
}

Pair* Selection::best() const noexcept {
    Pair* best = nullptr;
    for (Pair& pair : pairs_)
        if (works(pair) && (best == nullptr || pair.priority > best->priority)) best = &pair;
    return best;
}

}  // namespace fz::ice
