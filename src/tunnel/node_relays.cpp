// Node: relays come and go, and with them the candidates we offer to peers.
//
// A connection is offered our host and server-reflexive addresses as seen by every relay, and the
// relayed addresses of the one relay it uses. Only relayed addresses are ever withdrawn: the others
// fail by themselves if they are gone, and withdrawing them made connections flap.
#include <algorithm>

#include "base/log.h"
#include "tunnel/node.h"

namespace fz::tunnel {
namespace {

/// Most desirable first, as peers should try them.
std::vector<std::string> as_lines(std::vector<ice::Candidate> candidates) {
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const auto& a, const auto& b) { return a.priority > b.priority; });
    std::vector<std::string> lines;
    for (const ice::Candidate& candidate : candidates) lines.push_back(candidate.to_string());
    return lines;
}

}  // namespace

void Node::update_relays(std::span<const RelayId> removed, std::span<const portal::Relay> added,
                         Now now) {
    for (const RelayId& id : removed) drop_relay(id, now);
    for (const portal::Relay& relay : added) {
        if (relays_.knows(relay)) continue;
        drop_relay(relay.id, now);
        relays_.add(relay, now.instant);
        FZ_LOG(info, "relay added", kv("relay", relay.id));
    }
    for (const RelayId& id : relays_.ids()) {
        const bool listed = std::any_of(added.begin(), added.end(),
                                        [&](const portal::Relay& relay) { return relay.id == id; });
        if (!listed) relays_.find(id)->allocation.refresh(now.instant);
    }
    drain_relays(now);
    adopt_orphans(now);
}

void Node::drop_relay(const RelayId& id, Now now) {
    Relay* relay = relays_.find(id);
    if (relay == nullptr) return;
    for (const turn::Address& address : relay->allocation.addresses())
        if (address.kind == turn::AddressKind::relayed) withdraw_from_all(address, now);
    relays_.remove(id);
    FZ_LOG(info, "relay removed", kv("relay", id));
}

void Node::drain_relays(Now now) {
    for (const RelayId& id : relays_.ids()) {
        turn::Allocation& allocation = relays_.find(id)->allocation;
        while (const auto event = allocation.poll_event()) on_relay_event(id, *event, now);
        while (auto request = allocation.poll_transmit()) transmits_.push_back(*request);
        if (!allocation.can_be_freed()) continue;
        drop_relay(id, now);
        adopt_orphans(now);
    }
}

void Node::on_relay_event(const RelayId& id, const turn::Event& event, Now now) {
    if (const auto* added = std::get_if<turn::AddressAdded>(&event)) {
        relays_.on_address_added(id, added->address);
        if (relays_.is_known_elsewhere(id, added->address)) return;  // and was offered then
        const bool relayed = added->address.kind == turn::AddressKind::relayed;
        for (auto& [slot, link] : links_)
            if (!relayed || link.relay == id) offer(link, {&added->address, 1}, now);
    } else if (const auto* gone = std::get_if<turn::AddressInvalidated>(&event)) {
        relays_.on_address_invalidated(id, gone->address);
        if (gone->address.kind == turn::AddressKind::relayed) withdraw_from_all(gone->address, now);
    } else if (const auto* bound = std::get_if<turn::ChannelBound>(&event)) {
        relays_.on_channel_bound(id, bound->binding.number);
        update_paths_to(bound->binding.peer, now);
    } else if (const auto* unbound = std::get_if<turn::ChannelUnbound>(&event)) {
        relays_.on_channel_unbound(id, unbound->binding.number);
        update_paths_to(unbound->binding.peer, now);
    } else if (const auto* failed = std::get_if<turn::Failed>(&event)) {
        FZ_LOG(info, "relay failed", kv("relay", id), kv("why", turn::name_of(failed->reason)));
    }
}

void Node::adopt_orphans(Now now) {
    for (auto& [slot, link] : links_) {
        if (relays_.find(link.relay) != nullptr) continue;
        const auto relay = relays_.pick();
        if (!relay) return;
        link.relay = *relay;
        std::vector<turn::Address> relayed;
        for (const turn::Address& address : relays_.find(*relay)->allocation.addresses())
            if (address.kind == turn::AddressKind::relayed) relayed.push_back(address);
        offer(link, relayed, now);
    }
}

void Node::offer_all(Link& link, Now now) {
    std::vector<turn::Address> addresses;
    for (const RelayId& id : relays_.ids())
        for (const turn::Address& address : relays_.find(id)->allocation.addresses()) {
            const bool foreign = address.kind == turn::AddressKind::relayed && id != link.relay;
            const bool repeated =
                std::find(addresses.begin(), addresses.end(), address) != addresses.end();
            if (!foreign && !repeated) addresses.push_back(address);
        }
    offer(link, addresses, now);
}

void Node::offer(Link& link, std::span<const turn::Address> addresses, Now now) {
    std::vector<ice::Candidate> candidates;
    for (const turn::Address& address : addresses)
        if (auto candidate = link.connection.add_local(address, now))
            candidates.push_back(std::move(*candidate));
    if (candidates.empty()) return;
    events_.emplace_back(CandidatesAdded{link.peer, as_lines(std::move(candidates))});
    drain_soon(link, now);
}

void Node::withdraw_from_all(const turn::Address& address, Now now) {
    for (auto& [slot, link] : links_) {
        const auto candidate = link.connection.remove_local(address.address, now);
        if (!candidate) continue;
        events_.emplace_back(CandidatesRemoved{link.peer, {candidate->to_string()}});
        drain_soon(link, now);
    }
}

}  // namespace fz::tunnel
