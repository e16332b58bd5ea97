// One allocation on one TURN server: from finding the server to relaying through channels.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/log_limit.h"
#include "base/time.h"
#include "crypto/random.h"
#include "stun/message.h"
#include "turn/auth.h"
#include "turn/channels.h"
#include "turn/event.h"
#include "turn/pending.h"
#include "turn/reflexive.h"
#include "turn/server.h"
#include "wire/transmit.h"

namespace fz::turn {

inline constexpr Duration kKeepAlive = 25s;  ///< between BINDINGs, and signs of life
inline constexpr Duration kMinAllocateInterval = 1s;
/// Between giving a 5-tuple back and asking for it again: coturn answers 437 for about a second.
inline constexpr Duration kRestAfterRelease = 1500ms;
inline constexpr std::size_t kMaxWantedPeers = 100;  ///< waiting for the allocation

/// Where to send ChannelData for a peer.
struct Channel {
    wire::SocketAddr server;
    wire::ChannelNumber number;
};

/// What a peer sent us through the relay.
struct Relayed {
    wire::SocketAddr peer;
    wire::SocketAddr local;  ///< our relayed address of the peer's family
    Bytes payload;           ///< borrowed from the datagram
};

/// Whose datagram it was. `foreign`: not a STUN response of this server; try the next classifier.
enum class Input : bool { foreign, consumed };

/// Speaks with the Firezone relay and with standard servers (RFC 8656, coturn).
///
/// Life: a BINDING goes to every socket of the server, the first to answer carries everything else.
/// ALLOCATE there, for both address families at once; REFRESH at half life; BINDING every 25 s as
/// keep-alive; a channel per peer, bound on first use. A server that falls silent, refuses our
/// credentials or does not understand us ends it: `Failed`, then `can_be_freed`. A server that
/// refuses an allocation for other reasons leaves it suspended until `refresh` or `restart`.
///
/// Drive it: after each input drain `poll_transmit` and `poll_event`, then call `handle_timeout`
/// no later than `poll_timeout`.
///
/// Left out: permissions (a channel installs one, RFC 8656 12), Send and Data indications (channels
/// carry everything), TCP, DONT-FRAGMENT, EVEN-PORT, mobility, SHA-256 integrity.
class Allocation {
  public:
    /// `random` must outlive the allocation.
    Allocation(Server server, crypto::Random& random, Instant now);
    Allocation(const Allocation&) = delete;
    Allocation& operator=(const Allocation&) = delete;

    /// True if `server` is ours down to the credentials: nothing to replace.
    [[nodiscard]] bool same_server(const Server& server) const { return server == server_; }
    /// True if the server listens there; STUN and ChannelData from there are for us.
    [[nodiscard]] bool owns(const wire::SocketAddr& socket) const noexcept;

    /// A datagram that may be a STUN response, which arrived at our address `local`.
    Input handle_response(const wire::SocketAddr& from, const wire::SocketAddr& local,
                          Bytes datagram, Instant now);
    /// Unwraps ChannelData. Nothing if it is not, or not from our server on a confirmed channel.
    [[nodiscard]] std::optional<Relayed> decapsulate(const wire::SocketAddr& from, Bytes datagram,
                                                     Instant now);
    /// A data plane unwrapped ChannelData by itself: proof of life for server and channel.
    void channel_active(wire::ChannelNumber number, Instant now);

    /// The channel to `peer`, and begins to bind one if there is none. A channel still being bound
    /// is handed out too: what is lost then is a packet that had no other way. Nothing while there
    /// is no allocation (the peer is remembered), no relayed address of its family, or it was
    /// refused.
    std::optional<Channel> channel_to(const wire::SocketAddr& peer, Instant now);
    /// The same, ahead of need.
    void bind_channel(const wire::SocketAddr& peer, Instant now) {
        static_cast<void>(channel_to(peer, now));
    }

    /// The relays changed: restarts if suspended or unresponsive, else gives the server one second
    /// to show that it is there.
    void refresh(Instant now);
    /// From the beginning, with the same credentials; only if suspended or unresponsive.
    void restart(Instant now);
    /// Gives the allocation back. One REFRESH with lifetime 0 leaves, nobody waits for the answer.
    void release(Instant now);

    [[nodiscard]] std::optional<wire::Transmit> poll_transmit();
    [[nodiscard]] std::optional<Event> poll_event();
    [[nodiscard]] std::optional<Instant> poll_timeout() const noexcept;
    void handle_timeout(Instant now);

    /// The server refused an allocation; nothing happens until `refresh` or `restart`.
    [[nodiscard]] bool is_suspended() const noexcept { return suspended_; }
    [[nodiscard]] std::optional<Failure> failure() const noexcept { return failure_; }
    /// It failed and everything it had to say was polled.
    [[nodiscard]] bool can_be_freed() const noexcept;
    /// Our address on the relay.
    [[nodiscard]] std::optional<wire::SocketAddr> relayed(wire::Family family) const noexcept;
    /// All addresses that are valid now: host, server-reflexive, relayed.
    [[nodiscard]] std::vector<Address> addresses() const;
    /// The socket that answered first.
    [[nodiscard]] std::optional<wire::SocketAddr> active_socket() const noexcept { return active_; }

  private:
    enum Timer : std::uint8_t {
        kAllocateTimer,
        kKeepAliveTimer,
        kRefreshTimer,
        kExpiryTimer,
        kTimers
    };
    /// While it exists `active_` is set.
    struct Held {
        Duration lifetime;
        Instant last_refresh;
        std::vector<Address> relayed;
    };

    // Life cycle.
    void find_server(Instant now);
    void allocate(Instant now);
    void allocate_soon(Instant now);
    void send_refresh(Instant now);
    void forget_allocation(Instant now);
    void lose_server(Instant now);
    void suspend(Instant now);
    void fail(Failure reason, Instant now);
    void bind_wanted(Instant now);
    void want(const wire::SocketAddr& peer);

    // Requests and what becomes of them.
    void start(Purpose purpose, const wire::SocketAddr& to, Instant now, Binding binding = {});
    void send_again(const stun::TransactionId& id, Pending pending);
    void start_signed_again(const Pending& pending, Instant now);
    void on_unanswered(const Pending& pending, Instant now);
    void on_success(const Pending& pending, const wire::SocketAddr& local,
                    const stun::Message& message, Instant now);
    void on_found(const wire::SocketAddr& from, Instant now);
    void on_allocated(const stun::Message& message, Instant now);
    void on_refreshed(const stun::Message& message, Instant now);
    void on_error(const Pending& pending, const stun::Message& message, Instant now);
    void on_mismatch(const Pending& pending, Instant now);
    void on_refused(const Pending& pending, std::uint16_t code, Instant now);
    void on_bind_refused(const Binding& binding, std::uint16_t code, Instant now);
    void allocate_after_clearing(Instant now);
    void set_lifetime(Duration lifetime, Instant now);
    void heard(Instant now);
    void run_due_timers(Instant now);
    void emit_unbound(const std::vector<Binding>& bindings);

    Server server_;
    Auth auth_;
    crypto::Random& random_;
    log::Limit forgeries_;  ///< answers that somebody else wrote

    std::optional<wire::SocketAddr> active_;
    std::optional<Held> held_;
    bool suspended_ = false;
    std::optional<Failure> failure_;
    int stale_rounds_ = 0;  ///< 437s to ALLOCATE in a row
    std::optional<Instant> last_allocate_;
    std::optional<Instant> last_heard_;  ///< ChannelData

    ReflexiveAddresses reflexive_;
    Channels channels_;
    std::deque<wire::SocketAddr> wanted_;  ///< peers that wait for the allocation
    PendingRequests pending_;
    std::array<std::optional<Instant>, kTimers> timers_{};
    std::deque<wire::Transmit> transmits_;
    std::deque<Event> events_;
};

}  // namespace fz::turn
