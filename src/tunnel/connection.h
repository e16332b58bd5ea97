// One peer's connection: an ICE agent that finds the path, a WireGuard tunnel that speaks over it.
//
//   connecting --first nomination--> connected --20 s without packets--> idle
//        |                               ^                                |
//        |                               +---------- any packet ----------+
//        +--> failed: no candidates for 10 s, no path for 2 s, no handshake for 15 s
//
// Drive it from one owner (Node): mutate once, then drain poll_check, poll_handshake and poll_event
// until they return nothing. Checks leave from a local candidate's base, handshakes by the path
// that the owner made of the last Selected; what that path is (a relay's channel or a plain
// address) is not known here.
#pragma once

#include <deque>
#include <optional>
#include <string_view>
#include <variant>

#include "base/time.h"
#include "base/uuid.h"
#include "crypto/keys.h"
#include "crypto/random.h"
#include "dataplane/peer_state.h"
#include "ice/agent.h"
#include "noise/handshake.h"
#include "noise/tunnel.h"
#include "stun/message.h"
#include "turn/event.h"
#include "wire/transmit.h"

namespace fz::tunnel {

using PeerId = Uuid;  ///< a client's id on the gateway, a gateway's id on the client
using RelayId = Uuid;

/// What both ends must agree on; equal credentials mean the same connection.
struct PeerCredentials {
    crypto::PublicKey public_key;
    crypto::PresharedKey preshared_key;
    ice::Credentials local_ice;
    ice::Credentials remote_ice;

    friend bool operator==(const PeerCredentials&, const PeerCredentials&) = default;
};

enum class Failure : std::uint8_t { no_candidates, no_path, no_handshake };
[[nodiscard]] std::string_view name_of(Failure failure) noexcept;

/// The agent sends by this pair from now on.
using Selected = ice::Nominated;
struct SessionReady {
    noise::Keypair keys;
    dataplane::PeerState::Use use;
};
struct SessionGone {
    std::uint32_t local_index;
};
struct KeepaliveDue {};
struct Failed {
    Failure why;
};
using ConnectionEvent = std::variant<Selected, SessionReady, SessionGone, KeepaliveDue, Failed>;

class Connection {
  public:
    /// `slot` is the upper 24 bits of our receiver indices.
    Connection(ice::Role role, std::uint32_t slot, const PeerCredentials& credentials,
               const crypto::KeyPair& ours, Now now, crypto::Random& random);

    [[nodiscard]] const PeerCredentials& credentials() const noexcept { return credentials_; }
    [[nodiscard]] std::uint32_t slot() const noexcept { return slot_; }
    [[nodiscard]] bool has_path() const noexcept { return state_ != State::connecting; }
    /// Of the selected pair, once measured.
    [[nodiscard]] std::optional<Duration> round_trip() const noexcept {
        return agent_.round_trip();
    }
    /// The last one that both ends have finished.
    [[nodiscard]] std::optional<Instant> last_handshake() const noexcept {
        return tunnel_.last_handshake();
    }

    /// Adds an address of ours and returns the candidate to signal, also if it was added before.
    /// Nothing if it is of no use (link-local, say).
    std::optional<ice::Candidate> add_local(const turn::Address& address, Now now);
    /// Returns the candidate to withdraw at the peer, or nothing if there is no such.
    std::optional<ice::Candidate> remove_local(const wire::SocketAddr& address, Now now);
    /// What the agent knows this address of ours as; nothing if it is not, or no longer, one.
    [[nodiscard]] std::optional<ice::CandidateKind> kind_of_local(
        const wire::SocketAddr& address) const noexcept;
    void add_remote_candidate(const ice::Candidate& candidate, Now now);
    void remove_remote_candidate(const ice::Candidate& candidate, Now now);
    /// True if the message was for this connection's agent.
    bool handle_stun(const wire::SocketAddr& source, const wire::SocketAddr& local,
                     const stun::Message& message, Now now);
    /// An initiation whose static key is this peer's. False, and nothing happens, if it is a replay
    /// or comes too soon after the last one.
    bool accept(const noise::OpenedInitiation& initiation, Now now);
    /// A handshake response or a cookie reply for one of our indices.
    void handle_handshake(noise::MessageType type, Bytes message, Now now);
    void handle_activity(const dataplane::Activity& activity, Now now);
    /// The peer has shown that it has this session: it became the one to send with.
    void session_confirmed(std::uint32_t index) { tunnel_.on_session_confirmed(index); }
    /// The data plane sent the keep-alive that KeepaliveDue asked for.
    void keepalive_sent() { tunnel_.on_keepalive_sent(); }
    /// Something asks for this connection again: an idle one wakes up.
    void touch(Now now);
    /// Starts a handshake; what the controlling side does on each new path.
    void initiate(Now now);
    void handle_timeout(Now now);

    [[nodiscard]] std::optional<Instant> poll_timeout() const;
    [[nodiscard]] std::optional<ice::Check> poll_check() { return agent_.poll_transmit(); }
    /// Handshake messages; nothing before a path is selected, they wait until then.
    [[nodiscard]] std::optional<wire::DatagramBytes> poll_handshake();
    [[nodiscard]] std::optional<ConnectionEvent> poll_event(Now now);

  private:
    enum class State : std::uint8_t { connecting, connected, idle };

    [[nodiscard]] std::optional<ConnectionEvent> poll_agent(Now now);
    void wake(Now now);
    [[nodiscard]] std::optional<ConnectionEvent> poll_tunnel();
    [[nodiscard]] std::optional<Instant> idle_at() const;

    const PeerCredentials credentials_;
    const std::uint32_t slot_;
    ice::Agent agent_;
    noise::Tunnel tunnel_;
    State state_ = State::connecting;
    Instant last_packet_;
    std::optional<Instant> candidates_due_;  ///< none came by then: failed
    std::optional<Instant> path_due_;        ///< ICE is disconnected; no pair by then: failed
    std::optional<Failure> failure_;
};

}  // namespace fz::tunnel
