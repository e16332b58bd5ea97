#include "tunnel/node.h"

#include "base/log.h"
#include "base/take_front.h"
#include "dataplane/egress.h"

namespace fz::tunnel {
namespace {

std::string username_from_peer(const PeerCredentials& credentials) {
    return credentials.local_ice.ufrag + ':' + credentials.remote_ice.ufrag;
}

}  // namespace

Node::Node(ice::Role role, const crypto::KeyPair& keys, dataplane::Directory& directory,
           crypto::Random& random)
    : role_(role),
      keys_(keys),
      directory_(directory),
      random_(random),
      gatekeeper_(keys.public_key, random),
      lane_(std::make_unique<dataplane::Lane>(crypto::AeadProvider::sodium)),
      relays_(directory, random) {}

Node::~Node() {
    while (!links_.empty()) close(links_.begin()->second);
}

Upsert Node::upsert_connection(const PeerId& peer, const PeerCredentials& credentials,
                               const portal::TunnelAddresses& addresses, Now now) {
    Link* known = find(peer);
    if (known != nullptr && known->connection.credentials() == credentials) {
        move(*known, addresses);
        known->connection.touch(now);
        if (role_ == ice::Role::controlling && known->connection.has_path())
            known->connection.initiate(now);
        offer_all(*known, now);
        drain(*known, now);
        return Upsert::reused;
    }
    const auto relay = relays_.pick();
    if (!relay) return Upsert::no_relay;
    if (known != nullptr) close(*known);
    const std::uint32_t slot = slots_.take();
    Link& link =
        links_
            .try_emplace(slot, Link{peer,
                                    now.instant,
                                    Connection(role_, slot, credentials, keys_, now, random_),
                                    *relay,
                                    std::make_unique<dataplane::PeerState>(slot),
                                    {},
                                    {},
                                    {}})
            .first->second;
    ++links_like(link.selected);
    slot_of_peer_.emplace(peer, slot);
    slots_of_key_.emplace(credentials.public_key, slot);
    stun_routes_.add(username_from_peer(credentials), slot);
    directory_.add(*link.state);
    move(link, addresses);
    offer_all(link, now);
    drain(link, now);
    return Upsert::created;
}

void Node::remove_connection(const PeerId& peer) {
    if (Link* link = find(peer)) close(*link);
}

void Node::close(Link& link) {
    const std::uint32_t slot = link.connection.slot();
    const PeerCredentials& credentials = link.connection.credentials();
    stun_routes_.remove(username_from_peer(credentials), slot);
    slots_of_key_.erase({credentials.public_key, slot});
    select(link, std::nullopt);
    --links_like(link.selected);
    slot_of_peer_.erase(link.peer);
    deadlines_.erase(slot);
    directory_.unassign(link.addresses.v4, *link.state);
    directory_.unassign(link.addresses.v6, *link.state);
    directory_.remove(std::move(link.state));
    slots_.give(slot);
    links_.erase(slot);
}

void Node::move(Link& link, const portal::TunnelAddresses& addresses) {
    if (link.addresses != addresses) {
        directory_.unassign(link.addresses.v4, *link.state);
        directory_.unassign(link.addresses.v6, *link.state);
        link.addresses = addresses;
    }
    directory_.assign(addresses.v4, *link.state);
    directory_.assign(addresses.v6, *link.state);
}

dataplane::PeerState* Node::peer_state(const PeerId& peer) noexcept {
    Link* link = find(peer);
    return link == nullptr ? nullptr : link->state.get();
}

std::optional<PeerId> Node::peer_of_slot(std::uint32_t slot) const noexcept {
    const auto found = links_.find(slot);
    return found == links_.end() ? std::nullopt : std::optional(found->second.peer);
}

Node::Link* Node::find(const PeerId& peer) noexcept {
    const auto found = slot_of_peer_.find(peer);
    return found == slot_of_peer_.end() ? nullptr : find(found->second);
}

Node::Link* Node::find(std::uint32_t slot) noexcept {
    const auto found = links_.find(slot);
    return found == links_.end() ? nullptr : &found->second;
}

void Node::add_remote_candidates(const PeerId& peer, std::span<const std::string> candidates,
                                 Now now) {
    Link* link = find(peer);
    if (link == nullptr) return;
    for (const std::string& line : candidates) {
        const auto candidate = ice::Candidate::parse(line);
        if (!candidate) {
            FZ_LOG(debug, "skipped a candidate that does not parse", kv("peer", peer));
            continue;
        }
        link->connection.add_remote_candidate(*candidate, now);
    }
    drain(*link, now);
}

void Node::remove_remote_candidates(const PeerId& peer, std::span<const std::string> candidates,
                                    Now now) {
    Link* link = find(peer);
    if (link == nullptr) return;
    for (const std::string& line : candidates)
        if (const auto candidate = ice::Candidate::parse(line))
            link->connection.remove_remote_candidate(*candidate, now);
    drain(*link, now);
}

void Node::release_relays(Now now) {
    for (const RelayId& id : relays_.ids()) {
        turn::Allocation& allocation = relays_.find(id)->allocation;
        allocation.release(now.instant);
        while (auto request = allocation.poll_transmit()) transmits_.push_back(*request);
    }
}

void Node::handle_activity(std::uint32_t slot, Now now) {
    Link* link = find(slot);
    if (link == nullptr) return;
    const dataplane::Activity activity = link->state->activity().take();
    if (activity.session_confirmed)
        if (const auto index = link->state->sending_index())
            link->connection.session_confirmed(*index);
    link->connection.handle_activity(activity, now);
    drain(*link, now);
}

void Node::handle_timeout(Now now) {
    for (const RelayId& id : relays_.ids()) {
        turn::Allocation& allocation = relays_.find(id)->allocation;
        const auto due = allocation.poll_timeout();
        if (!due || *due > now.instant) continue;
        relays_.collect_use(id, now.instant);
        allocation.handle_timeout(now.instant);
    }
    drain_relays(now);
    while (const auto slot = deadlines_.take_due(now.instant)) {
        Link& link = *find(*slot);
        link.connection.handle_timeout(now);
        drain(link, now);
    }
}

std::optional<Instant> Node::poll_timeout() const {
    return earlier(relays_.poll_timeout(), deadlines_.next());
}

void Node::drain(Link& link, Now now) {
    const std::uint32_t slot = link.connection.slot();
    while (const auto check = link.connection.poll_check()) send_check(link, *check, now);
    while (const auto event = link.connection.poll_event(now)) {
        on_event(link, *event, now);
        if (find(slot) == nullptr) return;  // it failed
        while (const auto check = link.connection.poll_check()) send_check(link, *check, now);
    }
    while (const auto message = link.connection.poll_handshake())
        send_by_path(link, message->view());
    deadlines_.set(slot, link.connection.poll_timeout());
}

void Node::on_event(Link& link, const ConnectionEvent& event, Now now) {
    if (const auto* selected = std::get_if<Selected>(&event)) {
        const bool first = !link.selected.has_value();
        select(link, *selected);
        update_path(link, now);
        if (role_ == ice::Role::controlling) link.connection.initiate(now);
        if (first) events_.emplace_back(PathFound{link.peer});
        FZ_LOG(debug, "path selected", kv("peer", link.peer), kv("local", selected->local),
               kv("remote", selected->remote));
    } else if (const auto* ready = std::get_if<SessionReady>(&event)) {
        link.state->install(std::make_unique<dataplane::Session>(ready->keys), ready->use,
                            directory_.graveyard());
    } else if (const auto* gone = std::get_if<SessionGone>(&event)) {
        link.state->withdraw(gone->local_index, directory_.graveyard());
    } else if (std::holds_alternative<KeepaliveDue>(event)) {
        send_sealed(link, {}, now);
        link.connection.keepalive_sent();
    } else if (const auto* failed = std::get_if<Failed>(&event)) {
        FZ_LOG(info, "connection lost", kv("peer", link.peer), kv("why", name_of(failed->why)));
        events_.emplace_back(ConnectionLost{link.peer, failed->why});
        close(link);
    }
}

void Node::send_check(Link& link, const ice::Check& check, Now now) {
    if (check.awaits) stun_routes_.sent(*check.awaits, link.connection.slot(), now.instant);
    if (const auto path = path_for(link, check.local, check.remote, now))
        transmit(*path, check.message.view());
}

void Node::send_by_path(const Link& link, Bytes message) {
    if (const dataplane::Path* path = link.state->path()) transmit(*path, message);
}

void Node::send_inner(const PeerId& peer, Bytes inner_packet, Now now) {
    if (Link* link = find(peer)) send_sealed(*link, inner_packet, now);
}

void Node::send_sealed(Link& link, Bytes inner, Now now) {
    dataplane::Output& output = lane_->output;
    if (!dataplane::seal_for(*link.state, inner, wire::Ecn::not_ect, now.instant, *lane_))
        for (const wire::Family family : {wire::Family::v4, wire::Family::v6})
            for (const wire::OutgoingTrain& sealed : output.to_network.trains(family))
                transmits_.push_back({sealed.source, sealed.destination,
                                      wire::DatagramBytes(sealed.bytes), sealed.ecn});
    if (!output.active.empty()) link.state->activity().notice_lost();  // not worth a look by itself
    output.active.clear();
    output.clear();
}

void Node::transmit(const dataplane::Path& path, Bytes payload) {
    wire::Transmit& out = transmits_.emplace_back();
    out.src = path.source;
    out.dst = path.destination;
    Writer writer(out.payload.room());
    if (path.channel) {
        writer.be(path.channel->value);
        writer.be(static_cast<std::uint16_t>(payload.size()));
    }
    writer.bytes(payload);
    out.payload.resize(writer.ok() ? writer.size() : 0);
    if (!writer.ok()) transmits_.pop_back();
}

std::optional<wire::Transmit> Node::poll_transmit() {
    // Sending to a peer may have made a relay bind a channel.
    if (transmits_.empty()) return relays_.poll_transmit();
    wire::Transmit out = std::move(transmits_.front());
    transmits_.pop_front();
    return out;
}

std::optional<NodeEvent> Node::poll_event() { return take_front(events_); }

}  // namespace fz::tunnel
