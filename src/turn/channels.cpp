#include "turn/channels.h"

namespace fz::turn {
namespace {

constexpr std::size_t kNumbers = wire::kLastChannel.value - wire::kFirstChannel.value + 1;

}  // namespace

const Channels::Channel* Channels::find(const wire::SocketAddr& peer) const {
    const auto entry = by_peer_.find(peer);
    return entry == by_peer_.end() ? nullptr : &by_number_.at(entry->second);
}

Channels::Channel* Channels::find(const Binding& binding) {
    const auto entry = by_number_.find(binding.number);
    const bool same = entry != by_number_.end() && entry->second.peer == binding.peer;
    return same ? &entry->second : nullptr;
}

bool Channels::usable(const Channel& channel, Instant now) noexcept {
    return channel.state == State::bound && now - channel.since < kChannelLifetime;
}

std::optional<wire::ChannelNumber> Channels::number_of(const wire::SocketAddr& peer,
                                                       Instant now) const {
    const Channel* channel = find(peer);
    if (channel == nullptr || !(usable(*channel, now) || channel->in_flight)) return std::nullopt;
    return by_peer_.at(peer);
}

std::optional<wire::SocketAddr> Channels::peer_of(wire::ChannelNumber number, Instant now) const {
    const auto entry = by_number_.find(number);
    if (entry == by_number_.end() || !usable(entry->second, now)) return std::nullopt;
    return entry->second.peer;
}

std::optional<wire::ChannelNumber> Channels::free_number() noexcept {
    if (by_number_.size() == kNumbers) return std::nullopt;
    // Ends: at least one of the numbers the cursor walks through is free.
    for (;;) {
        const wire::ChannelNumber number = next_;
        next_ = number == wire::kLastChannel
                    ? wire::kFirstChannel
                    : wire::ChannelNumber{static_cast<std::uint16_t>(number.value + 1)};
        if (!by_number_.contains(number)) return number;
    }
}

std::optional<Binding> Channels::start(const wire::SocketAddr& peer, Instant now) {
    if (const auto entry = by_peer_.find(peer); entry != by_peer_.end()) {
        Channel& channel = by_number_.at(entry->second);
        if (channel.in_flight || usable(channel, now)) return std::nullopt;
        if (channel.state != State::refused) {
            channel.in_flight = true;
            return Binding{peer, entry->second};
        }
        if (now - channel.since < kChannelRefusal) return std::nullopt;
        by_number_.erase(entry->second);
        by_peer_.erase(entry);
    }
    const auto number = free_number();
    if (!number) return std::nullopt;
    by_number_.emplace(*number, Channel{.peer = peer});
    by_peer_.emplace(peer, *number);
    return Binding{peer, *number};
}

Channels::Confirmed Channels::confirm(const Binding& binding, Instant now) {
    Channel* channel = find(binding);
    if (channel == nullptr) return Confirmed::again;
    const Confirmed confirmed = channel->state == State::bound ? Confirmed::again : Confirmed::anew;
    *channel = Channel{binding.peer, State::bound, now, false, false};
    note_deadline(*channel);
    return confirmed;
}

Channels::Refused Channels::refuse(const Binding& binding, Instant now) {
    Channel* channel = find(binding);
    if (channel == nullptr) return Refused::unused;
    const Refused refused = channel->state == State::bound ? Refused::was_usable : Refused::unused;
    *channel = Channel{binding.peer, State::refused, now, false, false};
    note_deadline(*channel);
    return refused;
}

void Channels::heard(wire::ChannelNumber number, Instant now) {
    const auto entry = by_number_.find(number);
    if (entry == by_number_.end() || entry->second.heard || !usable(entry->second, now)) return;
    entry->second.heard = true;
    note_deadline(entry->second);
}

std::optional<Instant> Channels::deadline_of(const Channel& channel) noexcept {
    switch (channel.state) {
        case State::binding:
            return std::nullopt;  // the request has its own
        case State::bound:
            return channel.since +
                   (channel.heard && !channel.in_flight ? kChannelRefresh : kChannelLifetime);
        case State::lapsed:
            if (channel.in_flight) return std::nullopt;
            return channel.since + kChannelReuse;
        case State::refused:
            break;
    }
    return channel.since + kChannelRefusal;
}

void Channels::note_deadline(const Channel& channel) noexcept {
    deadline_ = earlier(deadline_, deadline_of(channel));
}

Channels::Chores Channels::upkeep(Instant now) {
    Chores chores;
    deadline_.reset();
    for (auto entry = by_number_.begin(); entry != by_number_.end();) {
        auto& [number, channel] = *entry;
        const Binding binding{channel.peer, number};
        const Duration age = now - channel.since;
        if (channel.state == State::bound && age >= kChannelLifetime) {
            channel.state = State::lapsed;
            chores.lapsed.push_back(binding);
        } else if (channel.state == State::bound && age >= kChannelRefresh && channel.heard &&
                   !channel.in_flight) {
            channel.in_flight = true;
            chores.rebind.push_back(binding);
        }
        const bool over = (channel.state == State::lapsed && age >= kChannelReuse) ||
                          (channel.state == State::refused && age >= kChannelRefusal);
        if (over && !channel.in_flight) {
            by_peer_.erase(channel.peer);
            entry = by_number_.erase(entry);
            continue;
        }
        note_deadline(channel);
        ++entry;
    }
    return chores;
}

Channels::Forgotten Channels::forget_all(Instant now) {
    Forgotten forgotten;
    for (const auto& [number, channel] : by_number_) {
        if (channel.state == State::bound) forgotten.usable.push_back({channel.peer, number});
        if (usable(channel, now) || channel.in_flight) forgotten.peers.push_back(channel.peer);
    }
    by_number_.clear();
    by_peer_.clear();
    deadline_.reset();
    return forgotten;
}

}  // namespace fz::turn
