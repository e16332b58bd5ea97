#include "portal/outgoing_queue.h"

#include <utility>

#include "base/log.h"

namespace fz::portal {

void OutgoingQueue::push(std::string body, Repeat repeat) {
    if (repeat == Repeat::collapse) {
        if (const auto equal = collapsible_.find(body); equal != collapsible_.end()) {
            waiting_.splice(waiting_.end(), waiting_, equal->second);
            return;
        }
    }
    bytes_ += body.size();
    waiting_.push_back({std::move(body), repeat});
    if (repeat == Repeat::collapse)
        collapsible_.emplace(waiting_.back().body, std::prev(waiting_.end()));
    while (waiting_.size() > kCapacity || bytes_ > kCapacityBytes) {
        FZ_LOG(debug, "message to the portal dropped: too many are waiting");
        static_cast<void>(pop_front());
    }
}

std::optional<std::string> OutgoingQueue::take() {
    confirm();
    if (waiting_.empty()) return std::nullopt;
    in_flight_ = pop_front();
    return in_flight_->body;
}

void OutgoingQueue::restore() {
    if (!in_flight_) return;
    Entry entry = *std::exchange(in_flight_, std::nullopt);
    // An equal one that was queued since is the later word.
    if (entry.repeat == Repeat::collapse && collapsible_.contains(entry.body)) return;
    bytes_ += entry.body.size();
    waiting_.push_front(std::move(entry));
    if (waiting_.front().repeat == Repeat::collapse)
        collapsible_.emplace(waiting_.front().body, waiting_.begin());
}

OutgoingQueue::Entry OutgoingQueue::pop_front() {
    Entry& front = waiting_.front();
    if (front.repeat == Repeat::collapse) collapsible_.erase(front.body);
    bytes_ -= front.body.size();
    Entry entry = std::move(front);
    waiting_.pop_front();
    return entry;
}

}  // namespace fz::portal
