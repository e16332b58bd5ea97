#include "dataplane/peer_state.h"

namespace fz::dataplane {

PeerState::~PeerState() {
    for (auto& place : sessions_) delete place.load(std::memory_order_relaxed);
}

Session* PeerState::session(std::uint32_t receiver_index) const noexcept {
    Session* found = sessions_[receiver_index % kSessions].load(std::memory_order_acquire);
    return found != nullptr && found->local_index() == receiver_index ? found : nullptr;
}

Session* PeerState::sending() const noexcept {
    const std::uint64_t index = sending_.load(std::memory_order_acquire);
    return index == kNone ? nullptr : session(static_cast<std::uint32_t>(index));
}

std::optional<std::uint32_t> PeerState::sending_index() const noexcept {
    const std::uint64_t index = sending_.load(std::memory_order_acquire);
    return index == kNone ? std::nullopt : std::optional(static_cast<std::uint32_t>(index));
}

bool PeerState::confirm(Session& candidate) noexcept {
    if (candidate.role() != noise::Role::responder) return false;
    std::uint64_t index = sending_.load(std::memory_order_acquire);
    if (index == candidate.local_index()) return false;
    const Session* current = sending();
    if (current != nullptr && candidate.created_at() < current->created_at()) return false;
    return sending_.compare_exchange_strong(index, candidate.local_index(),
                                            std::memory_order_acq_rel);
}

void PeerState::install(std::unique_ptr<Session> successor, Use use, Graveyard& graveyard) {
    const std::uint32_t index = successor->local_index();
    graveyard.bury(std::unique_ptr<Session>(
        place_of(index).exchange(successor.release(), std::memory_order_acq_rel)));
    if (use == Use::now) sending_.store(index, std::memory_order_release);
}

void PeerState::withdraw(std::uint32_t local_index, Graveyard& graveyard) {
    if (session(local_index) == nullptr) return;
    graveyard.bury(std::unique_ptr<Session>(
        place_of(local_index).exchange(nullptr, std::memory_order_acq_rel)));
}

void PeerState::set_path(const Path& path, Graveyard& graveyard) {
    if (path_.get() != nullptr && *path_.get() == path) return;
    path_.publish(std::make_unique<const Path>(path), graveyard);
}

void PeerState::set_access(std::unique_ptr<const policy::Access> access, Graveyard& graveyard) {
    access_.publish(std::move(access), graveyard);
}

}  // namespace fz::dataplane
