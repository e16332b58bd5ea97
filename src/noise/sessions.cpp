#include "noise/sessions.h"

#include <utility>

#include "base/assert.h"
#include "noise/messages.h"

namespace fz::noise {

Sessions::Sessions(std::uint32_t slot) noexcept : slot_(slot) { FZ_ASSERT(slot < 1u << 24); }

std::uint32_t Sessions::next_index() noexcept {
    ++counter_;
    return slot_ << 8 | counter_;
}

std::optional<std::uint32_t> Sessions::add(const Keypair& keypair) noexcept {
    auto& place = place_of(keypair.local_index);
    const auto replaced = remove(place);
    place = Session{keypair.local_index, keypair.role, keypair.created_at};
    (keypair.role == Role::initiator ? current_ : unconfirmed_) = place;
    return replaced ? std::optional(replaced->local_index) : std::nullopt;
}

bool Sessions::confirm(std::uint32_t local_index) noexcept {
    const auto& place = place_of(local_index);
    if (!place || place->local_index != local_index) return false;
    if (unconfirmed_ && unconfirmed_->local_index == local_index) unconfirmed_.reset();
    if (!current_ || current_->created_at <= place->created_at) current_ = place;
    return true;
}

std::optional<Sessions::Session> Sessions::take_expired(Instant now) noexcept {
    const std::size_t first = oldest();
    if (first == kPlaces || now - places_[first]->created_at < kRejectAfterTime)
        return std::nullopt;
    return remove(places_[first]);
}

void Sessions::clear() noexcept {
    for (auto& place : places_) remove(place);
}

bool Sessions::awaits_confirmation(Instant now, Duration age) const noexcept {
    return unconfirmed_ && now - unconfirmed_->created_at < age;
}

std::optional<Instant> Sessions::next_expiry() const noexcept {
    const std::size_t first = oldest();
    if (first == kPlaces) return std::nullopt;
    return places_[first]->created_at + kRejectAfterTime;
}

std::optional<Sessions::Session> Sessions::remove(std::optional<Session>& place) noexcept {
    const auto removed = std::exchange(place, std::nullopt);
    for (auto* role : {&current_, &unconfirmed_}) {
        if (removed && *role && (*role)->local_index == removed->local_index) role->reset();
    }
    return removed;
}

std::size_t Sessions::oldest() const noexcept {
    std::size_t first = kPlaces;
    for (std::size_t i = 0; i < kPlaces; ++i) {
        if (places_[i] && (first == kPlaces || places_[i]->created_at < places_[first]->created_at))
            first = i;
    }
    return first;
}

}  // namespace fz::noise
