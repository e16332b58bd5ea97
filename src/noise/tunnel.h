// One WireGuard connection as the control plane sees it: handshakes and all timers, no data.
//
// The data plane encrypts and decrypts; it gets each session as a Keypair and tells the tunnel what
// happened (on_*). The owner moves bytes and time:
//
//   in:   accept, handle_response, handle_cookie_reply   a message the Gatekeeper admitted
//         on_*, want_session, initiate                   facts and wishes
//         handle_timeout                                 when poll_timeout has come
//   out:  poll_transmit, poll_event                      after every input, until both are empty
//         poll_timeout                                   when to come back
//
// Guaranteed: an index of ours is never in two live sessions; every session that was Established is
// later Expired, unless ConnectionExpired comes first, which is the last thing a tunnel says.
// Left out: persistent keep-alives and per-source limits under load, as upstream. The message
// limits (6.2) belong to whoever counts messages: the data plane asks with want_session when they
// are near.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <variant>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/keys.h"
#include "crypto/random.h"
#include "noise/cookie.h"
#include "noise/handshake.h"
#include "noise/keypair.h"
#include "noise/sessions.h"
#include "noise/tai64n.h"
#include "noise/timers.h"
#include "wire/transmit.h"

namespace fz::noise {

struct Timing {
    Duration rekey_attempt_time = 15s;  ///< how long initiations may stay unanswered
};

/// When to begin sending with a new session (it must be able to receive at once).
enum class Use : std::uint8_t { now, once_confirmed };

struct Established {
    Keypair keypair;
    Use use;
};
struct Expired {
    std::uint32_t local_index;
};
struct SendKeepalive {};      ///< send an empty data packet on the session in use
struct ConnectionExpired {};  ///< the peer is gone: drop the connection
using Event = std::variant<Established, Expired, SendKeepalive, ConnectionExpired>;

class Tunnel {
  public:
    /// `ours` and `random` outlive the tunnel; `slot` (24 bits) is unique among the node's tunnels.
    Tunnel(const crypto::KeyPair& ours, const crypto::PublicKey& theirs,
           const crypto::PresharedKey& preshared_key, std::uint32_t slot, Timing timing, Now now,
           crypto::Random& random) noexcept;

    /// Answers an initiation of this peer. False, and nothing happens, if it is a replay, comes
    /// within 20 ms of the last one, or is somebody else's.
    bool accept(const OpenedInitiation& initiation, Now now);
    /// Ends a handshake of ours. A late response to the initiation before the last one counts too.
    /// False if it answers neither.
    bool handle_response(Bytes message, Now now);
    /// Keeps a cookie for the next initiation or response. False if it was not for our last one.
    bool handle_cookie_reply(Bytes message, Now now) noexcept;

    // Facts from the data plane; "data" has an inner packet, a keep-alive has none.
    void on_data_sent(Now now);
    void on_data_received(Now now);
    void on_keepalive_sent() noexcept;
    void on_keepalive_received() noexcept;
    /// The first valid packet arrived on a session that was Established once_confirmed.
    void on_session_confirmed(std::uint32_t local_index) noexcept;

    /// A packet has no session to go out on. Nothing happens while a handshake is on its way.
    void want_session(Now now);
    /// Begins or repeats a handshake now, unless an initiation went out less than `quiet` ago.
    void initiate(Now now, Duration quiet = 0s);

    /// When the last handshake that both ends have finished was answered; it may be older than any
    /// session.
    [[nodiscard]] std::optional<Instant> last_handshake() const noexcept { return last_handshake_; }

    [[nodiscard]] std::optional<wire::DatagramBytes> poll_transmit();
    [[nodiscard]] std::optional<Event> poll_event();
    [[nodiscard]] std::optional<Instant> poll_timeout() const noexcept;
    void handle_timeout(Now now);

  private:
    void begin_attempt(Now now);
    void end_attempt() noexcept;
    void send_initiation(Now now);
    void establish(const Keypair& keypair, Use use, Instant now);
    void expire_sessions(Now now);
    void end_connection();
    template <typename Message>
    void transmit(const Message& message, Instant now);
    [[nodiscard]] bool we_began_and_aged(Duration age, Instant now) const noexcept;
    [[nodiscard]] Tai64n next_timestamp(Instant now) noexcept;

    const crypto::KeyPair& ours_;
    crypto::PublicKey theirs_;
    crypto::PresharedKey preshared_key_;
    Timing timing_;
    crypto::Random& random_;
    Now created_at_;

    Timers timers_;
    Sessions sessions_;
    CookieJar cookies_;
    std::optional<Instant> last_handshake_;

    // As initiator.
    std::optional<PendingInitiation> pending_;
    std::optional<PendingInitiation> previous_;
    std::optional<Instant> last_initiation_at_;
    UnixTime last_timestamp_;

    // As responder.
    Tai64n greatest_timestamp_;
    std::optional<Instant> last_accepted_at_;

    std::deque<wire::DatagramBytes> transmits_;
    std::deque<Event> events_;
};

}  // namespace fz::noise
