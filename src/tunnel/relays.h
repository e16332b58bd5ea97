// The relays we may use: an allocation on each, found by id, by server socket and by relayed
// address.
//
// The packet path's mirror of them (server sockets, bound channels) is kept here too.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "crypto/random.h"
#include "dataplane/directory.h"
#include "portal/objects.h"
#include "turn/allocation.h"

namespace fz::tunnel {

using RelayId = Uuid;

struct Relay {
    Relay(const portal::Relay& described, crypto::Random& random, Instant now);

    wire::PerFamily<wire::SocketAddr> sockets;
    turn::Allocation allocation;
    std::unique_ptr<dataplane::RelayChannels> channels;  ///< read by workers
    std::set<wire::ChannelNumber> bound;
};

class Relays {
  public:
    Relays(dataplane::Directory& directory, crypto::Random& random)
        : directory_(directory), random_(random) {}

    /// False if the relay is known with the same sockets and credentials; then nothing changes.
    /// A known relay with others must be removed first.
    [[nodiscard]] bool knows(const portal::Relay& relay) const;
    void add(const portal::Relay& relay, Instant now);
    void remove(const RelayId& id);

    [[nodiscard]] Relay* find(const RelayId& id);
    /// By the exact socket of the TURN server.
    [[nodiscard]] std::optional<RelayId> of_server(const wire::SocketAddr& server) const;
    /// By an address that the relay lends us.
    [[nodiscard]] std::optional<RelayId> of_relayed(const wire::SocketAddr& relayed) const;
    /// One of them, uniformly; nothing if there is none.
    [[nodiscard]] std::optional<RelayId> pick();
    [[nodiscard]] bool empty() const noexcept { return relays_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return relays_.size(); }
    /// Those that lend us an address.
    [[nodiscard]] std::size_t allocated() const noexcept;
    [[nodiscard]] std::vector<RelayId> ids() const;
    [[nodiscard]] std::optional<Instant> poll_timeout() const;
    [[nodiscard]] std::optional<wire::Transmit> poll_transmit();

    /// True if another relay than `id` told us the same address.
    [[nodiscard]] bool is_known_elsewhere(const RelayId& id, const turn::Address& address) const;

    /// Book-keeping for what an allocation reported.
    void on_address_added(const RelayId& id, const turn::Address& address);
    void on_address_invalidated(const RelayId& id, const turn::Address& address);
    void on_channel_bound(const RelayId& id, wire::ChannelNumber number);
    void on_channel_unbound(const RelayId& id, wire::ChannelNumber number);
    /// Tells the allocation on which channels the packet path received data.
    void collect_use(const RelayId& id, Instant now);

  private:
    void publish();

    dataplane::Directory& directory_;
    crypto::Random& random_;
    std::map<RelayId, Relay> relays_;
    std::unordered_map<wire::SocketAddr, RelayId> by_server_;   // never iterated
    std::unordered_map<wire::SocketAddr, RelayId> by_relayed_;  // never iterated
};

}  // namespace fz::tunnel
