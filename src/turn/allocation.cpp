#include "turn/allocation.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/take_front.h"

namespace fz::turn {

std::string_view name_of(Failure failure) noexcept {
    switch (failure) {
        case Failure::unresponsive:
            return "unresponsive";
        case Failure::bad_credentials:
            return "bad credentials";
        case Failure::protocol:
            return "protocol";
        case Failure::released:
            break;
    }
    return "released";
}

Allocation::Allocation(Server server, crypto::Random& random, Instant now)
    : server_(std::move(server)),
      auth_(server_.username, server_.password, server_.realm),
      random_(random) {
    find_server(now);
}

bool Allocation::owns(const wire::SocketAddr& socket) const noexcept {
    return server_.sockets.of(socket.family()) == socket;
}

// --- traffic ---------------------------------------------------------------------------------

std::optional<Relayed> Allocation::decapsulate(const wire::SocketAddr& from, Bytes datagram,
                                               Instant now) {
    if (!active_ || from != *active_) return std::nullopt;
    const auto data = wire::ChannelData::parse(datagram);
    if (!data) return std::nullopt;
    const auto peer = channels_.peer_of(data->channel, now);
    if (!peer) return std::nullopt;
    const auto local = relayed(peer->family());
    if (!local) return std::nullopt;
    channel_active(data->channel, now);
    return Relayed{*peer, *local, data->payload};
}

void Allocation::channel_active(wire::ChannelNumber number, Instant now) {
    channels_.heard(number, now);
    heard(now);
}

void Allocation::heard(Instant now) {
    if (!held_) return;
    last_heard_ = now;
    timers_[kKeepAliveTimer] = now + kKeepAlive;
}

std::optional<Channel> Allocation::channel_to(const wire::SocketAddr& peer, Instant now) {
    if (!held_ || !active_) {
        if (!failure_ && !suspended_) want(peer);
        return std::nullopt;
    }
    if (!relayed(peer.family())) return std::nullopt;
    if (const auto binding = channels_.start(peer, now))
        start(Purpose::bind_channel, *active_, now, *binding);
    const auto number = channels_.number_of(peer, now);
    return number ? std::optional(Channel{*active_, *number}) : std::nullopt;
}

void Allocation::want(const wire::SocketAddr& peer) {
    if (std::find(wanted_.begin(), wanted_.end(), peer) != wanted_.end()) return;
    if (wanted_.size() == kMaxWantedPeers) wanted_.pop_front();
    wanted_.push_back(peer);
}

void Allocation::bind_wanted(Instant now) {
    for (const wire::SocketAddr& peer : std::exchange(wanted_, {})) bind_channel(peer, now);
}

// --- life cycle ------------------------------------------------------------------------------

void Allocation::find_server(Instant now) {
    for (const auto& socket : {server_.sockets.v4, server_.sockets.v6})
        if (socket) start(Purpose::find_server, *socket, now);
    if (pending_.empty()) fail(Failure::unresponsive, now);
}

void Allocation::allocate(Instant now) {
    last_allocate_ = now;
    start(Purpose::allocate, *active_, now);
}

void Allocation::allocate_soon(Instant now) {
    const Instant earliest = last_allocate_ ? *last_allocate_ + kMinAllocateInterval : now;
    if (earliest <= now) return allocate(now);
    timers_[kAllocateTimer] = earliest;
}

void Allocation::send_refresh(Instant now) {
    timers_[kRefreshTimer].reset();
    if (pending_.any(Purpose::refresh)) return;
    held_->last_refresh = now;
    start(Purpose::refresh, *active_, now);
}

void Allocation::refresh(Instant now) {
    if (suspended_ || failure_ == Failure::unresponsive) {
        restart(now);
    } else if (held_ && active_ && !pending_.any(Purpose::probe)) {
        start(Purpose::probe, *active_, now);
    }
}

void Allocation::restart(Instant now) {
    if (!suspended_ && failure_ != Failure::unresponsive) return;
    suspended_ = false;
    failure_.reset();
    active_.reset();
    stale_rounds_ = 0;
    pending_.clear();
    timers_ = {};
    find_server(now);
}

void Allocation::release(Instant now) {
    if (failure_) return;
    const bool give_back = held_ && active_;
    const auto to = active_;
    fail(Failure::released, now);
    if (give_back) start(Purpose::release, *to, now);
}

/// Ends with no timer set and no authenticated request on its way: both speak of what we held.
/// Relayed addresses and channels are gone; what had a channel will want one again.
void Allocation::forget_allocation(Instant now) {
    if (held_)
        for (const Address& address : held_->relayed)
            events_.push_back(AddressInvalidated{address});
    const Channels::Forgotten forgotten = channels_.forget_all(now);
    emit_unbound(forgotten.usable);
    for (const wire::SocketAddr& peer : forgotten.peers) want(peer);
    held_.reset();
    last_heard_.reset();
    pending_.drop_authenticated();
    timers_ = {};
}

void Allocation::lose_server(Instant now) {
    FZ_LOG(info, "TURN server does not answer any more");
    forget_allocation(now);
    active_.reset();
    if (!pending_.any(Purpose::find_server)) fail(Failure::unresponsive, now);
}

void Allocation::suspend(Instant now) {
    forget_allocation(now);
    wanted_.clear();
    suspended_ = true;
}

void Allocation::fail(Failure reason, Instant now) {
    forget_allocation(now);
    wanted_.clear();
    pending_.clear();
    active_.reset();
    suspended_ = false;
    failure_ = reason;
    events_.push_back(Failed{reason});
}

void Allocation::emit_unbound(const std::vector<Binding>& bindings) {
    for (const Binding& binding : bindings) events_.push_back(ChannelUnbound{binding, *active_});
}

// --- time ------------------------------------------------------------------------------------

std::optional<Instant> Allocation::poll_timeout() const noexcept {
    std::optional<Instant> first = earlier(pending_.deadline(), channels_.deadline());
    for (const auto& timer : timers_) first = earlier(first, timer);
    return first;
}

void Allocation::handle_timeout(Instant now) {
    const auto due = pending_.take_due(now);
    for (const auto& [id, pending] : due.resend) send_again(id, pending);
    for (const Pending& pending : due.give_up) on_unanswered(pending, now);
    run_due_timers(now);
    const Channels::Chores chores = channels_.upkeep(now);
    emit_unbound(chores.lapsed);
    for (const Binding& binding : chores.rebind)
        start(Purpose::bind_channel, *active_, now, binding);
}

/// A server that saw the first copy knows its id; but a new nonce makes it a new request.
void Allocation::send_again(const stun::TransactionId& id, Pending pending) {
    const bool same =
        !is_authenticated(pending.request.purpose) || pending.generation == auth_.generation();
    const stun::TransactionId next = same ? id : stun::TransactionId::random(random_);
    pending.generation = auth_.generation();
    transmits_.push_back(encode(pending.request, next, auth_));
    pending_.add(next, pending);
}

void Allocation::run_due_timers(Instant now) {
    const auto take = [&](Timer timer) {
        if (!timers_[timer] || *timers_[timer] > now) return false;
        timers_[timer].reset();
        return true;
    };
    if (take(kExpiryTimer)) {
        FZ_LOG(info, "TURN allocation expired");
        forget_allocation(now);
        allocate_soon(now);
    }
    if (take(kRefreshTimer)) send_refresh(now);
    if (take(kKeepAliveTimer)) {
        start(Purpose::keep_alive, *active_, now);
        timers_[kKeepAliveTimer] = now + kKeepAlive;
    }
    if (take(kAllocateTimer)) allocate(now);
}

// --- what the owner asks ----------------------------------------------------------------------

std::optional<wire::Transmit> Allocation::poll_transmit() { return take_front(transmits_); }

std::optional<Event> Allocation::poll_event() {
    if (events_.empty()) return std::nullopt;
    std::optional event(events_.front());
    events_.pop_front();
    return event;
}

bool Allocation::can_be_freed() const noexcept {
    return failure_ && pending_.empty() && transmits_.empty() && events_.empty();
}

std::optional<wire::SocketAddr> Allocation::relayed(wire::Family family) const noexcept {
    if (!held_) return std::nullopt;
    for (const Address& address : held_->relayed)
        if (address.address.family() == family) return address.address;
    return std::nullopt;
}

std::vector<Address> Allocation::addresses() const {
    std::vector<Address> addresses = reflexive_.all();
    if (held_) addresses.insert(addresses.end(), held_->relayed.begin(), held_->relayed.end());
    return addresses;
}

}  // namespace fz::turn
