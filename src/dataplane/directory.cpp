#include "dataplane/directory.h"

#include <optional>

#include "base/assert.h"
#include "wire/firezone_ranges.h"

namespace fz::dataplane {
namespace {

/// The host part of a tunnel address: both tunnel ranges, 100.64.0.0/11 and fd00:2021:1111::/107,
/// leave 21 bits.
std::optional<std::uint32_t> key_of(const wire::IpAddr& tunnel_ip) noexcept {
    if (!wire::is_peer(tunnel_ip)) return std::nullopt;
    constexpr std::uint32_t kHostBits = (1u << 21) - 1;
    return load_be<std::uint32_t>(tunnel_ip.bytes().last(4).data()) & kHostBits;
}

}  // namespace

PeerState* Directory::peer_of_address(const wire::IpAddr& tunnel_ip) const noexcept {
    const auto key = key_of(tunnel_ip);
    if (!key) return nullptr;
    return tunnel_ip.is_v4() ? by_v4_.find(*key) : by_v6_.find(*key);
}

void Directory::add(PeerState& peer) {
    FZ_ASSERT(by_slot_.find(peer.slot()) == nullptr);
    by_slot_.set(peer.slot(), &peer);
}

void Directory::remove(std::unique_ptr<PeerState> peer) {
    FZ_ASSERT(by_slot_.find(peer->slot()) == peer.get());
    by_slot_.set(peer->slot(), nullptr);
    graveyard_.bury(std::move(peer));
}

void Directory::assign(const wire::IpAddr& tunnel_ip, PeerState& peer) {
    if (const auto key = key_of(tunnel_ip)) (tunnel_ip.is_v4() ? by_v4_ : by_v6_).set(*key, &peer);
}

void Directory::unassign(const wire::IpAddr& tunnel_ip, const PeerState& peer) {
    if (peer_of_address(tunnel_ip) != &peer) return;
    (tunnel_ip.is_v4() ? by_v4_ : by_v6_).set(*key_of(tunnel_ip), nullptr);
}

void Directory::set_relays(std::vector<RelayTable::Server> servers) {
    relays_.publish(std::make_unique<const RelayTable>(std::move(servers)), graveyard_);
}

std::vector<wire::SocketAddr> Directory::relay_sockets() const {
    std::vector<wire::SocketAddr> sockets;
    if (const RelayTable* table = relays_.get())
        for (const RelayTable::Server& server : table->servers()) sockets.push_back(server.socket);
    return sockets;
}

}  // namespace fz::dataplane
