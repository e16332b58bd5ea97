#include "tunnel/stun_routes.h"

#include <algorithm>

namespace fz::tunnel {

void StunRoutes::add(std::string_view username, Slot slot) {
    by_username_[std::string(username)].push_back(slot);
}

void StunRoutes::remove(std::string_view username, Slot slot) {
    const auto found = by_username_.find(username);
    if (found == by_username_.end()) return;
    std::erase(found->second, slot);
    if (found->second.empty()) by_username_.erase(found);
}

void StunRoutes::sent(const stun::TransactionId& id, Slot slot, Instant now) {
    expire(now);
    by_transaction_.insert_or_assign(id, slot);
    sent_.push_back({id, now});
}

void StunRoutes::expire(Instant now) {
    while (!sent_.empty() && now - sent_.front().at >= kResponseTime) {
        by_transaction_.erase(sent_.front().id);
        sent_.pop_front();
    }
}

std::vector<StunRoutes::Slot> StunRoutes::candidates(const stun::Message& message) const {
    if (message.cls() != stun::Class::request) {
        const auto found = by_transaction_.find(message.transaction_id());
        return found == by_transaction_.end() ? std::vector<Slot>{} : std::vector{found->second};
    }
    const auto username = message.username();
    if (!username) return {};
    const auto found = by_username_.find(*username);
    return found == by_username_.end() ? std::vector<Slot>{} : found->second;
}

}  // namespace fz::tunnel
