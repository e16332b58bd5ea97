// The half of Allocation that reads answers: what each success and each error code leads to.
#include <algorithm>

#include "base/log_limit.h"
#include "turn/allocation.h"

namespace fz::turn {
namespace {

constexpr int kMaxChallenges = 3;         // a server may ask for a new nonce, not for ever
constexpr int kMaxStaleRounds = 5;        // waits of 1.5, 3, 6, 12 and 24 s
constexpr Duration kMinLifetime = 2s;     // a refresh per second at most
constexpr Duration kMaxLifetime = 3600s;  // RFC 8656 7.2; and instants must not overflow

/// 401 and 438 come unsigned, or signed with a key we cannot have (a relay that lost its secret).
bool is_challenge(std::uint16_t code) noexcept { return code == 401 || code == 438; }

}  // namespace

void Allocation::start(Purpose purpose, const wire::SocketAddr& to, Instant now, Binding binding) {
    const Request request{purpose, to, binding};
    const auto id = stun::TransactionId::random(random_);
    transmits_.push_back(encode(request, id, auth_));
    pending_.add(id, {request, {policy_of(purpose), now}, auth_.generation()});
}

Input Allocation::handle_response(const wire::SocketAddr& from, const wire::SocketAddr& local,
                                  Bytes datagram, Instant now) {
    if (!owns(from)) return Input::foreign;
    const auto message = stun::Message::parse(datagram);
    if (!message ||
        (message->cls() != stun::Class::success && message->cls() != stun::Class::error))
        return Input::foreign;

    const Pending* waiting = pending_.find(message->transaction_id());
    if (waiting == nullptr || waiting->request.to != from ||
        method_of(waiting->request.purpose) != message->method())
        return Input::consumed;
    const bool authenticated = is_authenticated(waiting->request.purpose);
    const bool success = message->cls() == stun::Class::success;
    const auto error = message->error_code();
    if (!success && (!error || !authenticated)) return Input::consumed;  // nothing to act on
    // A success must prove itself. An error may come unsigned, for standard servers send them so;
    // but a signature that is there must be right.
    const bool proof_needed =
        authenticated && (success || (message->has_integrity() && !is_challenge(error->code)));
    if (proof_needed && !auth_.verifies(*message)) {
        FZ_LOG_LIMITED(forgeries_, now, debug, "ignoring a TURN response with a wrong signature");
        return Input::consumed;
    }

    const Pending pending = *pending_.take(message->transaction_id());
    success ? on_success(pending, local, *message, now) : on_error(pending, *message, now);
    return Input::consumed;
}

void Allocation::on_success(const Pending& pending, const wire::SocketAddr& local,
                            const stun::Message& message, Instant now) {
    switch (pending.request.purpose) {
        case Purpose::find_server:
        case Purpose::keep_alive:
            for (const Event& event : reflexive_.note(local, message.xor_mapped_address()))
                events_.push_back(event);
            if (!active_) on_found(pending.request.to, now);
            break;
        case Purpose::allocate:
            on_allocated(message, now);
            break;
        case Purpose::refresh:
        case Purpose::probe:
            on_refreshed(message, now);
            break;
        case Purpose::clear_stale:
            allocate_after_clearing(now);
            break;
        case Purpose::release:
            break;
        case Purpose::bind_channel:
            if (channels_.confirm(pending.request.binding, now) == Channels::Confirmed::anew)
                events_.push_back(ChannelBound{pending.request.binding, pending.request.to});
            break;
    }
}

void Allocation::on_found(const wire::SocketAddr& from, Instant now) {
    active_ = from;
    allocate_soon(now);
}

void Allocation::on_allocated(const stun::Message& message, Instant now) {
    const auto lifetime = message.lifetime();
    const auto base = reflexive_.host(active_->family());
    Held held{.lifetime = {}, .last_refresh = now, .relayed = {}};
    for (const wire::SocketAddr& address : message.xor_relayed_addresses()) {
        // A family that could not be served may show up as 0.0.0.0:0; the first real one counts.
        const bool known = std::any_of(
            held.relayed.begin(), held.relayed.end(),
            [&](const Address& other) { return other.address.family() == address.family(); });
        if (is_usable(address) && !known)
            held.relayed.push_back({AddressKind::relayed, address, base.value_or(address)});
    }
    if (!lifetime || *lifetime == 0s || held.relayed.empty()) {
        FZ_LOG(warn, "TURN server made an allocation without lifetime or address");
        suspend(now);
        return;
    }
    stale_rounds_ = 0;
    held_ = std::move(held);
    for (const Address& address : held_->relayed) events_.push_back(AddressAdded{address});
    set_lifetime(*lifetime, now);
    timers_[kKeepAliveTimer] = now + kKeepAlive;
    bind_wanted(now);
}

void Allocation::set_lifetime(Duration lifetime, Instant now) {
    held_->lifetime = std::clamp<Duration>(lifetime, kMinLifetime, kMaxLifetime);
    timers_[kRefreshTimer] = now + held_->lifetime / 2;
    timers_[kExpiryTimer] = now + held_->lifetime;
}

void Allocation::on_refreshed(const stun::Message& message, Instant now) {
    if (!held_) return;
    const std::optional<Duration> lifetime = message.lifetime();
    if (!lifetime || *lifetime > 0s) return set_lifetime(lifetime.value_or(held_->lifetime), now);
    forget_allocation(now);
    timers_[kAllocateTimer] = now + kRestAfterRelease;
}

void Allocation::on_unanswered(const Pending& pending, Instant now) {
    const Purpose purpose = pending.request.purpose;
    if (failure_) return;
    if (purpose == Purpose::find_server) {
        if (!active_ && !pending_.any(Purpose::find_server)) fail(Failure::unresponsive, now);
        return;
    }
    if (pending.request.to != active_) return;
    // Under load a request can drown among the data that proves the server alive.
    const bool alive = last_heard_ && *last_heard_ > pending.schedule.started();
    if (!alive) return lose_server(now);
    if (is_authenticated(purpose)) on_refused(pending, 0, now);
}

void Allocation::on_error(const Pending& pending, const stun::Message& message, Instant now) {
    const std::uint16_t code = message.error_code()->code;
    if (failure_ && code != 438) return;  // a release deserves a fresh nonce, no more
    if (code == 401 && pending.generation != 0) return fail(Failure::bad_credentials, now);
    if (is_challenge(code) && pending.challenges < kMaxChallenges &&
        auth_.accept_challenge(message))
        return start_signed_again(pending, now);
    if (code == 437) return on_mismatch(pending, now);
    if (code == 420) return fail(Failure::protocol, now);
    on_refused(pending, code, now);
}

/// The server's view of the 5-tuple differs from ours (RFC 8656 19): bring both back to nothing.
void Allocation::on_mismatch(const Pending& pending, Instant now) {
    switch (pending.request.purpose) {
        case Purpose::allocate:
            if (stale_rounds_ == kMaxStaleRounds) return suspend(now);
            ++stale_rounds_;
            return start(Purpose::clear_stale, *active_, now);
        case Purpose::clear_stale:
            return allocate_after_clearing(now);
        case Purpose::refresh:
        case Purpose::probe:
        case Purpose::bind_channel:
            forget_allocation(now);
            return allocate_soon(now);
        case Purpose::find_server:
        case Purpose::keep_alive:
        case Purpose::release:
            return;
    }
}

/// How long a server stays confused is its secret, so the wait doubles from round to round.
void Allocation::allocate_after_clearing(Instant now) {
    timers_[kAllocateTimer] = now + kRestAfterRelease * (1 << (stale_rounds_ - 1));
}

/// `code` 0: no answer, although the server is alive.
void Allocation::on_refused(const Pending& pending, std::uint16_t code, Instant now) {
    FZ_LOG(debug, "TURN server refused a request", kv("code", code));
    switch (pending.request.purpose) {
        case Purpose::allocate:
            FZ_LOG(info, "TURN server refused an allocation", kv("code", code));
            return suspend(now);
        case Purpose::clear_stale:
            return allocate_after_clearing(now);
        case Purpose::refresh:
        case Purpose::probe:
            timers_[kRefreshTimer] = now + kKeepAlive;
            return;
        case Purpose::bind_channel:
            return on_bind_refused(pending.request.binding, code, now);
        case Purpose::find_server:
        case Purpose::keep_alive:
        case Purpose::release:
            return;
    }
}

void Allocation::on_bind_refused(const Binding& binding, std::uint16_t code, Instant now) {
    if (channels_.refuse(binding, now) == Channels::Refused::was_usable) emit_unbound({binding});
    // coturn says 400, not 437, when it has no such allocation: ask it.
    if (code == 400 && held_ && now - held_->last_refresh >= kKeepAlive) send_refresh(now);
}

void Allocation::start_signed_again(const Pending& pending, Instant now) {
    const auto id = stun::TransactionId::random(random_);
    transmits_.push_back(encode(pending.request, id, auth_));
    pending_.add(id, {pending.request,
                      {policy_of(pending.request.purpose), now},
                      auth_.generation(),
                      pending.challenges + 1});
}

}  // namespace fz::turn
