// Everything a worker looks up: receiver index to peer, tunnel address to peer, relay sockets.
//
// The control thread writes, workers read without locks and pass a quiet point between batches.
#pragma once

#include <cstdint>
#include <memory>

#include "dataplane/graveyard.h"
#include "dataplane/peer_state.h"
#include "dataplane/published.h"
#include "dataplane/relays.h"
#include "dataplane/slot_table.h"
#include "wire/ip_addr.h"

namespace fz::dataplane {

class Directory {
  public:
    // Workers.
    [[nodiscard]] PeerState* peer_of_index(std::uint32_t receiver_index) const noexcept {
        return by_slot_.find(receiver_index >> 8);
    }
    [[nodiscard]] PeerState* peer_of_slot(std::uint32_t slot) const noexcept {
        return by_slot_.find(slot);
    }
    /// nullptr for addresses outside the tunnel ranges and for those no peer has.
    [[nodiscard]] PeerState* peer_of_address(const wire::IpAddr& tunnel_ip) const noexcept;
    [[nodiscard]] const RelayTable* relays() const noexcept { return relays_.get(); }

    // The control thread.
    /// Makes the peer reachable by its receiver indices; the slot must be free.
    void add(PeerState& peer);
    /// Frees the slot and buries the peer; its tunnel addresses must have been unassigned.
    void remove(std::unique_ptr<PeerState> peer);
    /// Packets to `tunnel_ip` go to `peer` from now on; the newest peer wins. Addresses outside the
    /// tunnel ranges are ignored.
    void assign(const wire::IpAddr& tunnel_ip, PeerState& peer);
    /// Undoes `assign` if the address is still this peer's.
    void unassign(const wire::IpAddr& tunnel_ip, const PeerState& peer);
    void set_relays(std::vector<RelayTable::Server> servers);
    [[nodiscard]] std::vector<wire::SocketAddr> relay_sockets() const;

    [[nodiscard]] Graveyard& graveyard() noexcept { return graveyard_; }

  private:
    SlotTable<PeerState> by_slot_;
    SlotTable<PeerState> by_v4_;  // key: the 21 host bits of the tunnel range
    SlotTable<PeerState> by_v6_;
    Published<RelayTable> relays_;
    Graveyard graveyard_;
};

}  // namespace fz::dataplane
