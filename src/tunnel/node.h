// All connections and relays of one end: it finds paths, shakes hands, and feeds the packet path.
//
// Roles: a gateway's node is ICE-controlled and lets its peers start handshakes; a client's node is
// controlling and starts one on every new path. Nothing else differs.
//
// Drive it like every machine here: one handle_* at a time, then drain poll_transmit() and
// poll_event() until both return nothing; handle_timeout() when poll_timeout() is due. WireGuard
// data never comes here: workers open and seal it with what this node puts into the directory.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/log_limit.h"
#include "crypto/random.h"
#include "dataplane/directory.h"
#include "dataplane/lane.h"
#include "noise/gatekeeper.h"
#include "portal/objects.h"
#include "tunnel/connection.h"
#include "tunnel/deadlines.h"
#include "tunnel/relays.h"
#include "tunnel/roster.h"
#include "tunnel/slots.h"
#include "tunnel/stun_routes.h"

namespace fz::tunnel {

/// Tell the peer, through the portal, about these candidates of ours.
struct CandidatesAdded {
    PeerId peer;
    std::vector<std::string> candidates;
};
struct CandidatesRemoved {
    PeerId peer;
    std::vector<std::string> candidates;
};
struct PathFound {
    PeerId peer;
};
/// The connection is gone; nobody told the peer.
struct ConnectionLost {
    PeerId peer;
    Failure why;
};
using NodeEvent = std::variant<CandidatesAdded, CandidatesRemoved, PathFound, ConnectionLost>;

enum class Upsert : std::uint8_t { created, reused, no_relay };

class Node {
  public:
    /// `directory` outlives the node. Keys are the process's identity until it ends.
    Node(ice::Role role, const crypto::KeyPair& keys, dataplane::Directory& directory,
         crypto::Random& random);
    ~Node();

    /// First forgets `removed`, then adds or replaces `added`; relays in neither are probed.
    void update_relays(std::span<const RelayId> removed, std::span<const portal::Relay> added,
                       Now now);

    /// Makes sure that there is a connection with exactly these credentials. One with others is
    /// replaced without a word. `addresses` are the peer's inside the tunnel. Without any relay
    /// nothing is changed.
    Upsert upsert_connection(const PeerId& peer, const PeerCredentials& credentials,
                             const portal::TunnelAddresses& addresses, Now now);
    void remove_connection(const PeerId& peer);
    /// The packet path's view of the peer, or nullptr while it has no connection.
    [[nodiscard]] dataplane::PeerState* peer_state(const PeerId& peer) noexcept;
    [[nodiscard]] std::optional<PeerId> peer_of_slot(std::uint32_t slot) const noexcept;

    void add_remote_candidates(const PeerId& peer, std::span<const std::string> candidates,
                               Now now);
    void remove_remote_candidates(const PeerId& peer, std::span<const std::string> candidates,
                                  Now now);

    /// What the packet path set aside: STUN, TURN, handshakes. Anything else is dropped and
    /// counted.
    void handle_datagram(const dataplane::ControlDatagram& datagram, Now now);
    /// The packet path did something with the peer in this slot.
    void handle_activity(std::uint32_t slot, Now now);
    void handle_timeout(Now now);

    /// Encrypts an inner packet of our own making for the peer; lost if there is no session or
    /// path.
    void send_inner(const PeerId& peer, Bytes inner_packet, Now now);
    /// Gives every relay its allocation back.
    void release_relays(Now now);

    [[nodiscard]] std::optional<Instant> poll_timeout() const;
    [[nodiscard]] std::optional<wire::Transmit> poll_transmit();
    [[nodiscard]] std::optional<NodeEvent> poll_event();

    // For an operator (node_roster.cpp), as Roster says; what peers are granted is not known here.
    [[nodiscard]] PeerPage peers(std::uint32_t from, std::size_t most, Instant now) const;
    [[nodiscard]] RosterSummary summary() const;

    [[nodiscard]] std::size_t connections() const noexcept { return links_.size(); }
    [[nodiscard]] std::uint64_t unknown_datagrams() const noexcept { return unknown_datagrams_; }

  private:
    /// A connection and what ties it to the rest of the node.
    struct Link {
        PeerId peer;
        Instant created_at;
        Connection connection;
        RelayId relay;
        std::unique_ptr<dataplane::PeerState> state;
        portal::TunnelAddresses addresses;
        std::optional<Selected> selected;
        std::map<wire::SocketAddr, Instant> channels;  ///< peers it used a relay for, and when
    };

    [[nodiscard]] Link* find(const PeerId& peer) noexcept;
    [[nodiscard]] Link* find(std::uint32_t slot) noexcept;
    void close(Link& link);
    /// Packets to these tunnel addresses go to this peer, those to its former ones no longer.
    void move(Link& link, const portal::TunnelAddresses& addresses);

    // Relays (node_relays.cpp).
    void drop_relay(const RelayId& id, Now now);
    void drain_relays(Now now);
    void on_relay_event(const RelayId& id, const turn::Event& event, Now now);
    /// Gives connections whose relay is gone another one.
    void adopt_orphans(Now now);
    void offer_all(Link& link, Now now);
    void offer(Link& link, std::span<const turn::Address> addresses, Now now);
    void withdraw_from_all(const turn::Address& address, Now now);

    // Datagrams (node_datagrams.cpp).
    void handle_payload(const wire::SocketAddr& source, const wire::SocketAddr& local,
                        Bytes payload, Now now);
    void handle_handshake(const wire::SocketAddr& source, const wire::SocketAddr& local,
                          noise::MessageType type, Bytes message, Now now);
    void reply_cookie(const wire::SocketAddr& source, const wire::SocketAddr& local,
                      Bytes cookie_reply, Now now);
    /// The connection whose peer has this key. Two may claim the same one: then the one that is
    /// connected to `source`, else the newest.
    [[nodiscard]] Link* link_of(const crypto::PublicKey& key, const wire::SocketAddr& source);

    // One connection's output.
    void drain(Link& link, Now now);
    /// For loops over all connections: a drained one may close.
    void drain_soon(const Link& link, Now now) {
        deadlines_.set(link.connection.slot(), now.instant);
    }
    void on_event(Link& link, const ConnectionEvent& event, Now now);
    void send_check(Link& link, const ice::Check& check, Now now);
    void send_by_path(const Link& link, Bytes message);
    /// Nothing is a keep-alive.
    void send_sealed(Link& link, Bytes inner, Now now);
    void transmit(const dataplane::Path& path, Bytes payload);

    // Paths (node_paths.cpp).
    void select(Link& link, std::optional<Selected> selected);
    void update_path(Link& link, Now now);
    void update_paths_to(const wire::SocketAddr& remote, Now now);
    [[nodiscard]] std::optional<dataplane::Path> path_for(Link& link, const wire::SocketAddr& local,
                                                          const wire::SocketAddr& remote, Now now);
    [[nodiscard]] std::optional<dataplane::Path> relayed_path(const wire::SocketAddr& local,
                                                              const wire::SocketAddr& remote,
                                                              Now now);
    [[nodiscard]] static bool may_bind(Link& link, const wire::SocketAddr& remote, Now now);

    [[nodiscard]] PeerRow row_of(const Link& link, Instant now) const;
    [[nodiscard]] std::size_t& links_like(const std::optional<Selected>& pair) noexcept {
        return links_by_path_[static_cast<std::size_t>(path_kind_of(pair))];
    }

    const ice::Role role_;
    const crypto::KeyPair keys_;
    dataplane::Directory& directory_;
    crypto::Random& random_;
    noise::Gatekeeper gatekeeper_;
    const std::unique_ptr<dataplane::Lane> lane_;  ///< for what the node itself encrypts

    Relays relays_;
    Slots slots_;
    std::map<std::uint32_t, Link> links_;                  // by slot
    std::array<std::size_t, kPathKinds> links_by_path_{};  // how many, by PathKind
    std::map<PeerId, std::uint32_t> slot_of_peer_;
    std::set<std::pair<crypto::PublicKey, std::uint32_t>> slots_of_key_;
    std::set<std::pair<wire::SocketAddr, std::uint32_t>> slots_of_remote_;  // of selected pairs
    StunRoutes stun_routes_;
    Deadlines<std::uint32_t> deadlines_;  // by slot

    std::deque<wire::Transmit> transmits_;
    std::deque<NodeEvent> events_;
    std::uint64_t unknown_datagrams_ = 0;
    log::Limit unknown_keys_;  ///< handshakes from keys that nobody told us of
    log::Limit refusals_;      ///< handshakes that are old or come too fast: replays, for instance
};

}  // namespace fz::tunnel
