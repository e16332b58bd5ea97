// The ICE agent of one connection: finds the address pairs that work and says which one to use.
//
// Full ICE, always trickling, one component, UDP, fixed roles. Mutate once (any function that takes
// `now`), then drain poll_transmit and poll_event until they return nothing; checks that are due at
// `now` are sent by the mutation itself. Afterwards call handle_timeout at poll_timeout.
//
// Controlled: USE-CANDIDATE nominates its pair. Controlling: the best pair that works is nominated,
// and each better one later. Both keep checking every pair, and both send by the nominated pair
// that selection.h prefers, so the choice may change at any time in either direction.
//
// Left out of RFC 8445, because upstream's agents do without and a rule kept by one side only
// splits their views:
//   6.1.2.6, 6.1.4  freezing and pacing: every pair is checked, all due checks leave at once (Ta =
//   0) 7.2.5.1         role switching: ours are fixed, so a conflict is always answered with 487,
//   and a
//                   487 is ignored like every other error response
//   7.2.5.2.1       the source of a response is not compared: WireGuard takes packets from anywhere
//   7.2.5.3.1       a mapped address we do not know adds no local candidate: its base is all we
//   need 7.3.1.5         nominations are not confirmed by the controlled side before first use 8.1,
//   9          no end of checks, no restart: new credentials mean a new agent
// And of RFC 8489: FINGERPRINT is written but not required (7.3), and unknown attributes of an
// authenticated request are ignored (6.3.1).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "base/time.h"
#include "crypto/random.h"
#include "ice/candidate.h"
#include "ice/checklist.h"
#include "ice/credentials.h"
#include "ice/local_candidates.h"
#include "ice/remote_candidates.h"
#include "ice/timing.h"
#include "stun/message.h"
#include "wire/transmit.h"

namespace fz::ice {

/// One STUN message of a check, request or answer. If `local` is a relayed address, the caller
/// wraps it in ChannelData; otherwise it must leave from that address.
struct Check {
    wire::SocketAddr local;
    wire::SocketAddr remote;
    wire::DatagramBytes message;
    std::optional<stun::TransactionId> awaits;  ///< a request: the id its answer will carry
};

/// Data goes this way from now on. If the pair is lost without a successor nothing is said here:
/// the last way stays in use until the next Nominated, or until the owner gives up on
/// `disconnected`.
struct Nominated {
    wire::SocketAddr local;  ///< the base: a host or relayed address of ours
    CandidateKind local_kind = CandidateKind::host;
    wire::SocketAddr remote;
    CandidateKind remote_kind = CandidateKind::host;

    friend bool operator==(const Nominated&, const Nominated&) = default;
};

enum class State : std::uint8_t {
    waiting,       ///< no pair yet
    checking,      ///< pairs, none nominated
    connected,     ///< a nominated pair and at least one more
    completed,     ///< a nominated pair and no other; as good as connected
    disconnected,  ///< all pairs lost, or 10 s with remote candidates but none to pair them with
};

struct StateChanged {
    State state = State::waiting;
};

using Event = std::variant<Nominated, StateChanged>;

class Agent {
  public:
    /// `random` outlives the agent.
    Agent(Role role, Credentials local, Credentials remote, crypto::Random& random,
          const Timing& timing);

    /// Adds a host or relay candidate and returns it as it must be signalled (priority, ufrag).
    /// Nothing if it is already there.
    std::optional<Candidate> add_local_candidate(Candidate candidate, Instant now);
    /// Drops the candidate with all its pairs and returns it as it must be invalidated at the peer.
    std::optional<Candidate> remove_local_candidate(const wire::SocketAddr& address, Instant now);
    /// Adds what the peer signalled. Candidates of another ufrag are ignored; an IPv4 srflx also
    /// yields up to two guesses of a forwarded port (remote_candidates.h).
    void add_remote_candidate(const Candidate& candidate, Instant now);
    /// The peer withdrew it: all its pairs are dropped. It may be signalled again later.
    void remove_remote_candidate(const Candidate& candidate, Instant now);

    /// True if the message is for this agent and authentic: a request under our names and password,
    /// or the answer to one of our checks under the peer's password.
    [[nodiscard]] bool accepts(const stun::Message& message) const;
    /// `local` is where the message arrived: the datagram's destination or our relayed address.
    /// False, and nothing happens, unless `accepts`.
    bool handle_packet(const wire::SocketAddr& source, const wire::SocketAddr& local,
                       const stun::Message& message, Instant now);
    void handle_timeout(Instant now);
    void set_timing(const Timing& timing, Instant now);

    [[nodiscard]] std::optional<Check> poll_transmit();
    [[nodiscard]] std::optional<Event> poll_event();
    [[nodiscard]] std::optional<Instant> poll_timeout() const;

    [[nodiscard]] State state() const noexcept { return state_; }
    /// All that were added and not removed, as signalled: what a renewed connection signals again.
    [[nodiscard]] std::span<const Candidate> local_candidates() const noexcept {
        return locals_.all();
    }
    /// True if the peer's address is known, by signalling or by a check from it.
    [[nodiscard]] bool has_remote_candidate() const noexcept { return !remotes_.all().empty(); }
    /// Of the pair in use, by its checks; nothing before one of them was answered.
    [[nodiscard]] std::optional<Duration> round_trip() const noexcept;

  private:
    void handle_request(const PairEnd& local, const wire::SocketAddr& source,
                        const stun::Message& request, Instant now);
    void handle_answer(const stun::Message& answer, Instant now);
    [[nodiscard]] bool conflicts(const stun::Message& request) const noexcept;
    /// The remote candidate with this address, learned if need be; nothing if it must be ignored.
    [[nodiscard]] std::optional<PairEnd> remote_at(const wire::SocketAddr& source,
                                                   std::uint32_t priority);
    void add_remote(const PairEnd& remote, Instant now);
    void nominate(Pair& pair, Instant now);

    /// Everything that follows from the passing of time or from a change.
    void advance(Instant now);
    void propose_best(Instant now);
    void send_due_checks(Instant now);
    void send_check(Pair& pair, Instant now);
    void select(Instant now);
    void update_state(Instant now);
    void push(Check check);

    const Role role_;
    const Credentials local_;
    const Credentials remote_;
    const std::string inbound_username_;
    const std::string outbound_username_;
    crypto::Random& random_;
    const std::uint64_t tie_breaker_;
    Timing timing_;

    LocalCandidates locals_;
    RemoteCandidates remotes_;
    Checklist checklist_;
    std::optional<Nominated> selected_;
    State state_ = State::waiting;
    std::optional<Instant> unpaired_until_;  ///< when waiting with remote candidates ends
    std::deque<Check> checks_;
    std::deque<Event> events_;
};

}  // namespace fz::ice
