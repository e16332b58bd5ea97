#include "slowpath/portal_link.h"

#include "base/log.h"
#include "base/take_front.h"
#include "portal/dial_outcome.h"

namespace fz::slowpath {
namespace {

/// Until we were logged in once: every second, for a quarter of a minute, however long an attempt
/// takes.
constexpr Duration kFirstLoginLimit = 15s;
constexpr portal::BackoffPolicy kFirstLogin{.initial = 1s,
                                            .ceiling = 1s,
                                            .between_dials = 1s,
                                            .max_retry_after = 5s,
                                            .give_up_after = kFirstLoginLimit};

/// How soon to look again for room in the transport's queue.
constexpr Duration kRoomInterval = 5ms;

PortalScheme scheme_of(portal::Scheme scheme) {
    return scheme == portal::Scheme::ws ? PortalScheme::ws : PortalScheme::wss;
}

}  // namespace

PortalLink::PortalLink(EventLoop& loop, PortalLinkOptions options, crypto::Random& random)
    : options_(std::move(options)),
      random_(random),
      resolver_(loop),
      transport_(loop, options_.transport),
      channel_(options_.role),
      first_login_(kFirstLogin),
      later_logins_(portal::BackoffPolicy{.give_up_after = options_.give_up_after}) {}

void PortalLink::start(Now now) {
    first_login_until_ = now.instant + kFirstLoginLimit;
    dial(now);
}

void PortalLink::dial(Now now) {
    dial_at_.reset();
    looking_up_ = true;
    (joined_once_ ? later_logins_ : first_login_).on_dial(now.instant);
    resolver_.lookup(options_.url.host);
}

void PortalLink::redial(Now now) {
    if (!connected_) return;  // a login is under way anyway
    failed("new relays are needed", now);
}

void PortalLink::send(const portal::EgressMessage& message, Now now) {
    channel_.send(message, now.instant);
    drain_channel(now);
}

void PortalLink::close(Now now) {
    drain_channel(now);
    closing_ = true;
    dial_at_.reset();
    transport_.close();
}

bool PortalLink::is_ready(const EventLoop& loop) const {
    return loop.is_ready(resolver_.source()) || loop.is_ready(transport_.source());
}

std::size_t PortalLink::handle_ready(std::size_t bound, Now now) {
    std::size_t handled = 0;
    for (; handled < bound; ++handled) {
        if (const auto answer = resolver_.poll_answer()) {
            on_answer(*answer, now);
        } else if (auto event = transport_.poll_event()) {
            on_event(*event, now);
        } else {
            break;
        }
    }
    return handled;
}

void PortalLink::on_answer(const ResolverAnswer& answer, Now now) {
    if (connected_ || dial_at_ || closing_)
        return;  // the answer to a question of an earlier attempt
    looking_up_ = false;
    if (!answer.addresses) {
        failed(answer.addresses.error().to_string(), now);
        return;
    }
    transport_.dial({.scheme = scheme_of(options_.url.scheme),
                     .host = options_.url.host,
                     .port = options_.url.port,
                     .path_and_query = options_.url.path_and_query,
                     .user_agent = options_.user_agent,
                     .addresses = *answer.addresses});
}

void PortalLink::on_event(PortalEvent& event, Now now) {
    if (std::holds_alternative<PortalConnected>(event)) {
        connected_ = true;
        channel_.on_connected(now.instant);
    } else if (auto* text = std::get_if<PortalText>(&event)) {
        channel_.handle_text(text->frame, now.instant);
    } else if (const auto* refused = std::get_if<PortalHttpRefused>(&event)) {
        const std::string why = "the portal answered with HTTP " + std::to_string(refused->status) +
                                (refused->body.empty() ? "" : ": " + refused->body.substr(0, 200));
        if (portal::verdict_on_status(refused->status) == portal::Verdict::fatal) {
            fatal_ = why;
        } else {
            failed(why, now, portal::parse_retry_after(refused->retry_after, now.unix));
        }
    } else if (const auto* certificate = std::get_if<PortalInvalidCertificate>(&event)) {
        fatal_ = "the portal's certificate is not valid: " + certificate->reason;
    } else if (const auto* failure = std::get_if<PortalFailed>(&event)) {
        failed(failure->reason, now);
    } else if (const auto* closed = std::get_if<PortalClosed>(&event)) {
        if (connected_)
            failed("the portal closed the connection" +
                       (closed->reason.empty() ? "" : ": " + closed->reason),
                   now);
    }
    drain_channel(now);
}

void PortalLink::failed(const std::string& why, Now now, std::optional<Duration> retry_after) {
    connected_ = false;
    unsent_.reset();  // the channel sends it again after the next join
    channel_.on_disconnected(now.instant);
    if (closing_) return;
    transport_.close();
    last_failure_ = why;
    auto& backoff = joined_once_ ? later_logins_ : first_login_;
    dial_at_ = backoff.on_failure(now.instant, random_, retry_after);
    if (!dial_at_ || (first_login_until_ && *dial_at_ > *first_login_until_)) {
        fatal_ = why;
        return;
    }
    FZ_LOG(info, "no connection to the portal", kv("why", why),
           kv("retry_in", *dial_at_ - now.instant));
}

void PortalLink::drain_channel(Now now) {
    while (auto event = channel_.poll_event()) {
        if (auto* message = std::get_if<portal::IngressMessage>(&*event)) {
            messages_.push_back(std::move(*message));
        } else if (std::holds_alternative<portal::Joined>(*event)) {
            FZ_LOG(info, "logged in to the portal");
            joined_once_ = true;
            first_login_until_.reset();
            later_logins_.on_joined();
        } else if (const auto* reconnect = std::get_if<portal::Reconnect>(&*event)) {
            failed(reconnect->reason, now);
        } else if (const auto* fatal = std::get_if<portal::Fatal>(&*event)) {
            fatal_ = fatal->reason;
        } else if (const auto* malformed = std::get_if<portal::Malformed>(&*event)) {
            FZ_LOG(warn, "ignored a message of the portal", kv("why", malformed->why));
        }
    }
    send_frames(now);
}

void PortalLink::send_frames(Now now) {
    send_at_.reset();
    while (connected_ && !closing_) {
        if (!unsent_) unsent_ = channel_.poll_frame(now.instant);
        if (!unsent_) return;
        if (transport_.send(*unsent_) != PortalTransport::Queued::yes) {
            // A portal that stops reading is found out by its silence, not by our haste; of a
            // connection that is closing the transport tells soon.
            send_at_ = now.instant + kRoomInterval;
            return;
        }
        unsent_.reset();
    }
}

std::string PortalLink::why_not_yet() const {
    if (!last_failure_.empty()) return last_failure_;
    if (looking_up_) return "cannot resolve " + options_.url.host + ": no answer";
    return "the portal at " + options_.url.host + " does not answer";
}

void PortalLink::handle_timeout(Now now) {
    if (first_login_until_ && *first_login_until_ <= now.instant) {
        first_login_until_.reset();
        fatal_ = why_not_yet();
        return;
    }
    channel_.handle_timeout(now.instant);
    drain_channel(now);
    if (dial_at_ && *dial_at_ <= now.instant) dial(now);
}

std::optional<Instant> PortalLink::poll_timeout() const {
    return earlier(first_login_until_,
                   earlier(dial_at_, earlier(send_at_, channel_.poll_timeout())));
}

std::optional<portal::IngressMessage> PortalLink::poll_message() { return take_front(messages_); }

}  // namespace fz::slowpath
