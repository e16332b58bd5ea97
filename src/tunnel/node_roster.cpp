// Node: what an operator is told of its connections and relays.
#include "tunnel/node.h"

namespace fz::tunnel {

PeerPage Node::peers(std::uint32_t from, std::size_t most, Instant now) const {
    PeerPage page;
    auto at = links_.lower_bound(from);
    for (; at != links_.end() && page.rows.size() < most; ++at)
        page.rows.push_back(row_of(at->second, now));
    if (at != links_.end()) page.next = at->first;
    return page;
}

PeerRow Node::row_of(const Link& link, Instant now) const {
    PeerRow row;
    row.slot = link.connection.slot();
    row.id = link.peer;
    row.addresses = link.addresses;
    row.age = now - link.created_at;
    row.pair = link.selected;
    if (link.selected) row.relay = relays_.of_relayed(link.selected->local);
    row.round_trip = link.connection.round_trip();
    if (const auto last = link.connection.last_handshake()) row.since_handshake = now - *last;
    row.received = link.state->received().read();
    row.sent = link.state->sent().read();
    return row;
}

RosterSummary Node::summary() const {
    const auto count = [this](PathKind kind) {
        return links_by_path_[static_cast<std::size_t>(kind)];
    };
    return {.connecting = count(PathKind::connecting),
            .direct = count(PathKind::direct),
            .relayed = count(PathKind::relayed),
            .relays = relays_.size(),
            .allocated_relays = relays_.allocated()};
}

}  // namespace fz::tunnel
