#include "tunnel/relays.h"

#include <algorithm>
#include <iterator>

namespace fz::tunnel {
namespace {

turn::Server server_of(const portal::Relay& relay) {
    return {.sockets = relay.addr, .username = relay.username, .password = relay.password};
}

}  // namespace

Relay::Relay(const portal::Relay& described, crypto::Random& random, Instant now)
    : sockets(described.addr),
      allocation(server_of(described), random, now),
      channels(std::make_unique<dataplane::RelayChannels>()) {}

bool Relays::knows(const portal::Relay& relay) const {
    const auto known = relays_.find(relay.id);
    return known != relays_.end() && known->second.allocation.same_server(server_of(relay));
}

void Relays::add(const portal::Relay& relay, Instant now) {
    relays_.try_emplace(relay.id, relay, random_, now);
    for (const auto& socket : {relay.addr.v4, relay.addr.v6})
        if (socket) by_server_.insert_or_assign(*socket, relay.id);
    publish();
}

void Relays::remove(const RelayId& id) {
    const auto found = relays_.find(id);
    if (found == relays_.end()) return;
    Relay& relay = found->second;
    for (const auto& socket : {relay.sockets.v4, relay.sockets.v6})
        if (socket && of_server(*socket) == id) by_server_.erase(*socket);
    for (const turn::Address& address : relay.allocation.addresses())
        if (of_relayed(address.address) == id) by_relayed_.erase(address.address);
    auto buried = std::move(relay.channels);
    relays_.erase(found);
    for (const auto& [survivor, other] : relays_)
        for (const auto& socket : {other.sockets.v4, other.sockets.v6})
            if (socket) by_server_.try_emplace(*socket, survivor);
    publish();
    directory_.graveyard().bury(std::move(buried));
}

Relay* Relays::find(const RelayId& id) {
    const auto found = relays_.find(id);
    return found == relays_.end() ? nullptr : &found->second;
}

std::optional<RelayId> Relays::of_server(const wire::SocketAddr& server) const {
    const auto found = by_server_.find(server);
    return found == by_server_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<RelayId> Relays::of_relayed(const wire::SocketAddr& relayed) const {
    const auto found = by_relayed_.find(relayed);
    return found == by_relayed_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<RelayId> Relays::pick() {
    if (relays_.empty()) return std::nullopt;
    return std::next(relays_.begin(), random_.below(static_cast<std::uint32_t>(relays_.size())))
        ->first;
}

std::size_t Relays::allocated() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(relays_.begin(), relays_.end(), [](const auto& entry) {
            const turn::Allocation& allocation = entry.second.allocation;
            return allocation.relayed(wire::Family::v4) || allocation.relayed(wire::Family::v6);
        }));
}

std::vector<RelayId> Relays::ids() const {
    std::vector<RelayId> ids;
    for (const auto& [id, relay] : relays_) ids.push_back(id);
    return ids;
}

bool Relays::is_known_elsewhere(const RelayId& id, const turn::Address& address) const {
    return std::any_of(relays_.begin(), relays_.end(), [&](const auto& entry) {
        const auto known = entry.second.allocation.addresses();
        return entry.first != id && std::find(known.begin(), known.end(), address) != known.end();
    });
}

void Relays::on_address_added(const RelayId& id, const turn::Address& address) {
    if (address.kind == turn::AddressKind::relayed)
        by_relayed_.insert_or_assign(address.address, id);
}

void Relays::on_address_invalidated(const RelayId& id, const turn::Address& address) {
    if (address.kind == turn::AddressKind::relayed && of_relayed(address.address) == id)
        by_relayed_.erase(address.address);
}

void Relays::on_channel_bound(const RelayId& id, wire::ChannelNumber number) {
    Relay& relay = *find(id);
    relay.channels->bind(number);
    relay.bound.insert(number);
}

void Relays::on_channel_unbound(const RelayId& id, wire::ChannelNumber number) {
    Relay& relay = *find(id);
    relay.channels->unbind(number);
    relay.bound.erase(number);
}

void Relays::collect_use(const RelayId& id, Instant now) {
    Relay& relay = *find(id);
    for (const wire::ChannelNumber number : relay.bound)
        if (relay.channels->take_used(number)) relay.allocation.channel_active(number, now);
}

std::optional<Instant> Relays::poll_timeout() const {
    std::optional<Instant> next;
    for (const auto& [id, relay] : relays_) next = earlier(next, relay.allocation.poll_timeout());
    return next;
}

std::optional<wire::Transmit> Relays::poll_transmit() {
    for (auto& [id, relay] : relays_)
        if (auto request = relay.allocation.poll_transmit()) return request;
    return std::nullopt;
}

void Relays::publish() {
    std::vector<dataplane::RelayTable::Server> servers;
    for (auto& [id, relay] : relays_)
        for (const auto& socket : {relay.sockets.v4, relay.sockets.v6})
            if (socket && of_server(*socket) == id)
                servers.push_back({*socket, relay.channels.get()});
    directory_.set_relays(std::move(servers));
}

}  // namespace fz::tunnel
