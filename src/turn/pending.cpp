#include "turn/pending.h"

#include <algorithm>

namespace fz::turn {

std::optional<Pending> PendingRequests::take(const stun::TransactionId& id) {
    const auto node = by_id_.extract(id);
    return node ? std::optional(node.mapped()) : std::nullopt;
}

const Pending* PendingRequests::find(const stun::TransactionId& id) const {
    const auto entry = by_id_.find(id);
    return entry == by_id_.end() ? nullptr : &entry->second;
}

PendingRequests::DueRequests PendingRequests::take_due(Instant now) {
    DueRequests due;
    for (auto entry = by_id_.begin(); entry != by_id_.end();) {
        switch (entry->second.schedule.advance(now)) {
            case stun::Due::nothing:
                ++entry;
                continue;
            case stun::Due::resend:
                due.resend.push_back(*entry);
                break;
            case stun::Due::give_up:
                due.give_up.push_back(entry->second);
                break;
        }
        entry = by_id_.erase(entry);
    }
    return due;
}

bool PendingRequests::any(Purpose purpose) const noexcept {
    return std::any_of(by_id_.begin(), by_id_.end(), [purpose](const auto& entry) {
        return entry.second.request.purpose == purpose;
    });
}

std::optional<Instant> PendingRequests::deadline() const noexcept {
    std::optional<Instant> first;
    for (const auto& [id, pending] : by_id_) first = earlier(first, pending.schedule.deadline());
    return first;
}

void PendingRequests::drop_authenticated() {
    std::erase_if(by_id_,
                  [](const auto& entry) { return is_authenticated(entry.second.request.purpose); });
}

}  // namespace fz::turn
