// Node: from a pair of addresses that ICE chose to the way a datagram takes.
//
// A host address is sent from directly. A relayed address means a channel of the relay that lends
// it; channels are bound on first use, and each connection may hold only so many, because all
// connections share the 4096 of a relay. An address that was withdrawn leads nowhere: the path that
// was published last stays until ICE selects another.
#include "tunnel/node.h"

namespace fz::tunnel {
namespace {

/// More than a client with several networks and both relays has candidates.
constexpr std::size_t kChannelsPerConnection = 32;

}  // namespace

void Node::select(Link& link, std::optional<Selected> selected) {
    const std::uint32_t slot = link.connection.slot();
    if (link.selected) slots_of_remote_.erase({link.selected->remote, slot});
    --links_like(link.selected);
    link.selected = selected;
    ++links_like(link.selected);
    if (selected) slots_of_remote_.emplace(selected->remote, slot);
}

void Node::update_path(Link& link, Now now) {
    if (!link.selected) return;
    if (const auto path = path_for(link, link.selected->local, link.selected->remote, now))
        link.state->set_path(*path, directory_.graveyard());
}

void Node::update_paths_to(const wire::SocketAddr& remote, Now now) {
    for (auto at = slots_of_remote_.lower_bound({remote, 0});
         at != slots_of_remote_.end() && at->first == remote; ++at)
        update_path(*find(at->second), now);
}

std::optional<dataplane::Path> Node::path_for(Link& link, const wire::SocketAddr& local,
                                              const wire::SocketAddr& remote, Now now) {
    const auto kind = link.connection.kind_of_local(local);
    if (!kind) return std::nullopt;
    if (*kind != ice::CandidateKind::relay)
        return dataplane::Path{.destination = remote, .source = local, .channel = {}};
    if (!may_bind(link, remote, now)) return std::nullopt;
    return relayed_path(local, remote, now);
}

std::optional<dataplane::Path> Node::relayed_path(const wire::SocketAddr& local,
                                                  const wire::SocketAddr& remote, Now now) {
    const auto relay = relays_.of_relayed(local);
    if (!relay) return std::nullopt;
    const auto channel = relays_.find(*relay)->allocation.channel_to(remote, now.instant);
    if (!channel) return std::nullopt;
    return dataplane::Path{
        .destination = channel->server, .source = {}, .channel = channel->number};
}

bool Node::may_bind(Link& link, const wire::SocketAddr& remote, Now now) {
    const auto known = link.channels.find(remote);
    if (known == link.channels.end() && link.channels.size() >= kChannelsPerConnection)
        std::erase_if(link.channels, [&](const auto& channel) {
            return now.instant - channel.second >= turn::kChannelReuse;
        });
    if (known == link.channels.end() && link.channels.size() >= kChannelsPerConnection)
        return false;
    link.channels.insert_or_assign(remote, now.instant);
    return true;
}

}  // namespace fz::tunnel
