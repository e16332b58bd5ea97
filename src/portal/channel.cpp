#include "portal/channel.h"

#include <utility>
#include "base/take_front.h"

namespace fz::portal {
namespace {

constexpr Duration kJoinTimeout = 5s;
constexpr Duration kHeartbeatInterval = 30s;  // after the last frame; portals hang up after 37 s
constexpr Duration kProbeInterval = 10s;      // from an unanswered heartbeat to the next
constexpr unsigned kToleratedHeartbeats = 3;  // unanswered ones
constexpr unsigned kMaxRejoins = 3;           // per connection; a fresh one helps more then

/// A candidate list that waits already need not be sent twice.
Repeat repeat_of(const EgressMessage& message) {
    return std::holds_alternative<BroadcastIceCandidates>(message) ||
                   std::holds_alternative<BroadcastInvalidatedIceCandidates>(message)
               ? Repeat::collapse
               : Repeat::keep;
}

}  // namespace

void Channel::on_connected(Instant now) {
    if (state_ == State::dead) return;
    outgoing_.restore();
    rejoins_ = 0;
    start_join(now);
}

void Channel::on_disconnected(Instant) {
    outgoing_.restore();
    if (state_ != State::dead) state_ = State::down;
}

void Channel::handle_text(std::string_view text, Instant now) {
    if (state_ == State::down || state_ == State::dead) return;
    unanswered_heartbeats_ = 0;  // whatever it says, it lives
    auto frame = read_frame(role_, text);
    if (frame) {
        std::visit([&](auto& kind) { on_frame(kind, now); }, *frame);
    } else if (frame.error().kind == FrameError::Kind::cut_short) {
        leave(Reconnect{"a frame from the portal was cut short"}, State::down);
    } else {
        events_.push_back(Malformed{std::move(frame.error().why)});
    }
}

void Channel::handle_close(Instant) {
    if (state_ != State::down && state_ != State::dead)
        leave(Reconnect{"the portal closed the connection"}, State::down);
}

void Channel::handle_timeout(Instant now) {
    const auto due = poll_timeout();
    if (!due || now < *due) return;
    if (state_ == State::joining)
        return leave(Reconnect{"the portal did not answer the join"}, State::down);
    if (unanswered_heartbeats_ > kToleratedHeartbeats)
        return leave(Reconnect{"the portal does not answer heartbeats"}, State::down);
    // Counted when due, not when written: a connection that takes no bytes must end as well.
    ++unanswered_heartbeats_;
    heartbeat_due_ = true;
    last_heartbeat_ = now;
}

void Channel::send(const EgressMessage& message, Instant) {
    if (state_ != State::dead) outgoing_.push(message_body(role_, message), repeat_of(message));
}

std::optional<std::string> Channel::poll_frame(Instant now) {
    outgoing_.confirm();
    std::optional<std::string> frame;
    if (state_ == State::joining && join_due_) {
        join_due_ = false;
        join_ref_ = next_ref_;
        frame = join_body(role_);
    } else if (state_ == State::joined && heartbeat_due_) {
        heartbeat_due_ = false;
        frame = heartbeat_body();
    } else if (state_ == State::joined) {
        frame = outgoing_.take();
    }
    if (!frame) return std::nullopt;
    last_written_ = now;
    return with_ref(*frame, next_ref_++);
}

std::optional<ChannelEvent> Channel::poll_event() { return take_front(events_); }

std::optional<Instant> Channel::poll_timeout() const noexcept {
    if (state_ == State::joining) return join_deadline_;
    if (state_ != State::joined) return std::nullopt;
    return unanswered_heartbeats_ == 0 ? last_written_ + kHeartbeatInterval
                                       : last_heartbeat_ + kProbeInterval;
}

void Channel::start_join(Instant now) {
    state_ = State::joining;
    join_due_ = true;
    join_ref_.reset();
    join_deadline_ = now + kJoinTimeout;
    heartbeat_due_ = false;
    unanswered_heartbeats_ = 0;
}

void Channel::rejoin(std::string_view why, Instant now) {
    if (rejoins_ == kMaxRejoins) return leave(Reconnect{std::string(why)}, State::down);
    ++rejoins_;
    start_join(now);
}

void Channel::leave(ChannelEvent why, State next) {
    state_ = next;
    events_.push_back(std::move(why));
}

void Channel::on_frame(const Reply& reply, Instant now) {
    const bool of_join = state_ == State::joining && join_ref_ == reply.ref;
    if (reply.status != Reply::Status::error) {
        if (!of_join || reply.status != Reply::Status::ok) return;
        state_ = State::joined;
        events_.push_back(Joined{});
    } else if (of_join && reply.topic == topic_of(role_)) {
        leave(Fatal{"the portal refused the login: " + reply.reason}, State::dead);
    } else if (reply.reason == "unmatched topic" && state_ == State::joined) {
        rejoin("the portal keeps losing our channel", now);
    } else {
        events_.push_back(Malformed{"error reply: " + reply.reason});
    }
}

void Channel::on_frame(const ChannelCrashed&, Instant now) {
    // While a join waits this speaks of the channel before it.
    if (state_ == State::joined) rejoin("our channel at the portal keeps crashing", now);
}

void Channel::on_frame(const ChannelClosed&, Instant) {
    if (state_ == State::joined) leave(Reconnect{"the portal closed our channel"}, State::down);
}

void Channel::on_frame(const Disconnect& disconnect, Instant) {
    if (disconnect.reason == "token_expired")
        return leave(Fatal{"the authentication token expired"}, State::dead);
    leave(Reconnect{"the portal disconnects us: " + disconnect.reason}, State::down);
}

void Channel::on_frame(IngressMessage& message, Instant) { events_.push_back(std::move(message)); }

}  // namespace fz::portal
