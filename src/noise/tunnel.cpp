#include "noise/tunnel.h"

#include <algorithm>
#include <utility>
#include "base/take_front.h"

#include "crypto/x25519.h"
#include "noise/messages.h"

namespace fz::noise {

namespace {

// Initiations of one peer closer than this are not answered: each costs four X25519 in all.
constexpr Duration kFloodInterval = 20ms;

// Messages for an owner who does not poll; a handshake lost here is repeated like any other.
constexpr std::size_t kMostTransmits = 8;

[[nodiscard]] Duration jitter(crypto::Random& random) noexcept {
    constexpr auto kSteps = std::chrono::duration_cast<std::chrono::milliseconds>(kMaxRekeyJitter);
    return std::chrono::milliseconds(random.below(static_cast<std::uint32_t>(kSteps.count()) + 1));
}

}  // namespace

Tunnel::Tunnel(const crypto::KeyPair& ours, const crypto::PublicKey& theirs,
               const crypto::PresharedKey& preshared_key, std::uint32_t slot, Timing timing,
               Now now, crypto::Random& random) noexcept
    : ours_(ours),
      theirs_(theirs),
      preshared_key_(preshared_key),
      timing_(timing),
      random_(random),
      created_at_(now),
      sessions_(slot),
      cookies_(theirs) {
    timers_.set(Timer::connection_stale, now.instant + kForgetAfterTime);
}

bool Tunnel::accept(const OpenedInitiation& initiation, Now now) {
    if (initiation.initiator != theirs_) return false;
    if (initiation.timestamp <= greatest_timestamp_) return false;
    if (last_accepted_at_ && now.instant - *last_accepted_at_ < kFloodInterval) return false;
    const auto answered = answer(initiation, preshared_key_, crypto::generate_key_pair(random_),
                                 sessions_.next_index(), now.instant);
    if (!answered) return false;
    greatest_timestamp_ = initiation.timestamp;
    last_accepted_at_ = now.instant;
    timers_.clear(Timer::answer_missing);
    establish(answered->keypair, Use::once_confirmed, now.instant);
    transmit(answered->message, now.instant);
    return true;
}

bool Tunnel::handle_response(Bytes message, Now now) {
    const auto response = Response::parse(message);
    if (!response) return false;
    for (const auto* pending : {&pending_, &previous_}) {
        if (!*pending) continue;
        const auto keypair = finish(**pending, ours_, preshared_key_, *response, now.instant);
        if (!keypair) continue;
        pending_.reset();
        previous_.reset();
        end_attempt();
        timers_.clear(Timer::answer_missing);
        establish(*keypair, Use::now, now.instant);
        events_.emplace_back(SendKeepalive{});  // the responder may not send before it hears us
        return true;
    }
    return false;
}

bool Tunnel::handle_cookie_reply(Bytes message, Now now) noexcept {
    const auto reply = CookieReply::parse(message);
    return reply && cookies_.keep(*reply, now.instant);
}

void Tunnel::on_data_sent(Now now) {
    timers_.clear(Timer::keepalive_due);
    if (!timers_.is_set(Timer::answer_missing)) {
        timers_.set(Timer::answer_missing, now.instant + kNoAnswerTimeout + jitter(random_));
    }
    if (we_began_and_aged(kRekeyAfterTime, now.instant)) begin_attempt(now);
}

void Tunnel::on_data_received(Now now) {
    timers_.clear(Timer::answer_missing);
    if (!timers_.is_set(Timer::keepalive_due))
        timers_.set(Timer::keepalive_due, now.instant + kKeepaliveTimeout);
    if (we_began_and_aged(kRekeyAfterTimeReceiving, now.instant)) begin_attempt(now);
}

void Tunnel::on_keepalive_sent() noexcept { timers_.clear(Timer::keepalive_due); }

void Tunnel::on_keepalive_received() noexcept { timers_.clear(Timer::answer_missing); }

void Tunnel::on_session_confirmed(std::uint32_t local_index) noexcept {
    if (!sessions_.confirm(local_index)) return;
    end_attempt();
    last_handshake_ = sessions_.current()->created_at;
}

void Tunnel::want_session(Now now) {
    // The peer has our response and will confirm it in a moment: a handshake against its own would
    // only cost two more messages.
    if (!sessions_.awaits_confirmation(now.instant, kRekeyTimeout)) begin_attempt(now);
}

void Tunnel::initiate(Now now, Duration quiet) {
    if (last_initiation_at_ && now.instant - *last_initiation_at_ < quiet) return;
    begin_attempt(now);
    if (last_initiation_at_ != now.instant) send_initiation(now);
}

std::optional<wire::DatagramBytes> Tunnel::poll_transmit() {
    if (transmits_.empty()) return std::nullopt;
    const auto first = transmits_.front();
    transmits_.pop_front();
    return first;
}

std::optional<Event> Tunnel::poll_event() { return take_front(events_); }

std::optional<Instant> Tunnel::poll_timeout() const noexcept {
    return earlier(timers_.next(), sessions_.next_expiry());
}

void Tunnel::handle_timeout(Now now) {
    if (timers_.take(Timer::attempt_failed, now.instant) ||
        timers_.take(Timer::connection_stale, now.instant))
        return end_connection();
    expire_sessions(now);
    if (timers_.take(Timer::response_missing, now.instant)) send_initiation(now);
    if (timers_.take(Timer::answer_missing, now.instant)) begin_attempt(now);
    if (timers_.take(Timer::keepalive_due, now.instant) && sessions_.current())
        events_.emplace_back(SendKeepalive{});
}

void Tunnel::begin_attempt(Now now) {
    if (timers_.is_set(Timer::attempt_failed)) return;
    timers_.set(Timer::attempt_failed, now.instant + timing_.rekey_attempt_time);
    send_initiation(now);
}

void Tunnel::end_attempt() noexcept {
    timers_.clear(Timer::attempt_failed);
    timers_.clear(Timer::response_missing);
}

void Tunnel::send_initiation(Now now) {
    timers_.set(Timer::response_missing, now.instant + kRekeyTimeout + jitter(random_));
    last_initiation_at_ = now.instant;
    auto begun = begin(ours_, theirs_, crypto::generate_key_pair(random_), sessions_.next_index(),
                       next_timestamp(now.instant));
    if (!begun) return;  // their key is unusable: the attempt fails like any unanswered one
    previous_ = std::exchange(pending_, std::move(begun->pending));
    transmit(begun->message, now.instant);
}

void Tunnel::establish(const Keypair& keypair, Use use, Instant now) {
    if (const auto replaced = sessions_.add(keypair)) events_.emplace_back(Expired{*replaced});
    events_.emplace_back(Established{keypair, use});
    if (use == Use::now) last_handshake_ = now;
    timers_.set(Timer::connection_stale, now + kForgetAfterTime);
}

// Whoever began the last session begins the next, traffic or not, so that idle peers do not go
// stale.
void Tunnel::expire_sessions(Now now) {
    const bool was_ours = we_began_and_aged(kRejectAfterTime, now.instant);
    while (const auto expired = sessions_.take_expired(now.instant))
        events_.emplace_back(Expired{expired->local_index});
    if (was_ours) begin_attempt(now);
}

void Tunnel::end_connection() {
    timers_.clear_all();
    sessions_.clear();
    pending_.reset();
    previous_.reset();
    events_.emplace_back(ConnectionExpired{});
}

template <typename Message>
void Tunnel::transmit(const Message& message, Instant now) {
    if (transmits_.size() == kMostTransmits) transmits_.pop_front();
    auto& datagram = transmits_.emplace_back();
    datagram.resize(Message::kSize);
    message.write(datagram.view());
    cookies_.stamp(datagram.view(), now);
    timers_.clear(Timer::keepalive_due);  // the peer hears from us
}

bool Tunnel::we_began_and_aged(Duration age, Instant now) const noexcept {
    const auto& current = sessions_.current();
    return current && current->role == Role::initiator && now - current->created_at >= age;
}

// Civil time is read once: a clock set back later must not make our initiations look like replays.
Tai64n Tunnel::next_timestamp(Instant now) noexcept {
    const UnixTime time = created_at_.unix + (now - created_at_.instant);
    last_timestamp_ = std::max(time, last_timestamp_ + 1ns);
    return Tai64n::from(last_timestamp_);
}

}  // namespace fz::noise
