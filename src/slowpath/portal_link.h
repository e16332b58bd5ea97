// Keeps us logged in to the portal: look up, dial, join, and again after every loss.
//
// Composes the pure channel and back-off (portal/) with the transport and resolver of this folder.
// The first login has to succeed within seconds, so that a mistyped URL or token is seen at once;
// after that an outage may last a day, because tunnels live on without the portal.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "crypto/random.h"
#include "portal/backoff.h"
#include "portal/channel.h"
#include "portal/login.h"
#include "slowpath/portal_transport.h"
#include "slowpath/resolver.h"

namespace fz::slowpath {

struct PortalLinkOptions {
    portal::Role role = portal::Role::gateway;
    portal::LoginUrl url;
    std::string user_agent;
    Duration give_up_after = 24h;  ///< without the portal, once joined
    PortalTransportOptions transport;
};

class PortalLink {
  public:
    /// `loop` and `random` outlive the link.
    PortalLink(EventLoop& loop, PortalLinkOptions options, crypto::Random& random);

    void start(Now now);
    /// Drops the connection and logs in again, to get a new `init`.
    void redial(Now now);
    void send(const portal::EgressMessage& message, Now now);
    /// Sends what is queued and a Close frame.
    /// Nothing is sent and nobody dials from now on.
    void close(Now now);
    /// True once a closed link has no connection any more.
    [[nodiscard]] bool is_closed() const noexcept { return closing_ && !connected_; }

    [[nodiscard]] bool is_ready(const EventLoop& loop) const;
    /// Takes in at most `bound` events of the transport and the resolver; the rest stays ready.
    /// Returns how many there were.
    std::size_t handle_ready(std::size_t bound, Now now);
    void handle_timeout(Now now);

    [[nodiscard]] std::optional<portal::IngressMessage> poll_message();
    [[nodiscard]] std::optional<Instant> poll_timeout() const;
    [[nodiscard]] bool is_joined() const noexcept { return channel_.is_joined(); }
    /// Why the process cannot go on, once that is so.
    [[nodiscard]] const std::optional<std::string>& fatal() const noexcept { return fatal_; }

  private:
    void dial(Now now);
    void on_answer(const ResolverAnswer& answer, Now now);
    void on_event(PortalEvent& event, Now now);
    void failed(const std::string& why, Now now, std::optional<Duration> retry_after = {});
    void drain_channel(Now now);
    void send_frames(Now now);
    [[nodiscard]] std::string why_not_yet() const;

    PortalLinkOptions options_;
    crypto::Random& random_;
    Resolver resolver_;
    PortalTransport transport_;
    portal::Channel channel_;
    portal::Backoff first_login_;
    portal::Backoff later_logins_;
    bool joined_once_ = false;
    std::optional<Instant> first_login_until_;
    bool looking_up_ = false;
    bool connected_ = false;
    bool closing_ = false;
    std::optional<Instant> dial_at_;
    std::optional<std::string> unsent_;  ///< waits for room in the transport
    std::optional<Instant> send_at_;
    std::deque<portal::IngressMessage> messages_;
    std::string last_failure_;
    std::optional<std::string> fatal_;
};

}  // namespace fz::slowpath
