// What one batch leaves behind: packets for the TUN device, datagrams for the network, and what the
// control thread must see. The door empties it before the next batch.
#pragma once

#include <cstdint>

#include "base/inplace_vector.h"
#include "dataplane/departures.h"
#include "wire/ecn.h"
#include "wire/ip_addr.h"

namespace fz::dataplane {

inline constexpr std::size_t kBatch = 256;  ///< most datagrams that one call takes in

/// A datagram that is not WireGuard data: STUN, TURN, a handshake. Borrowed from the door.
struct ControlDatagram {
    Bytes bytes;
    wire::SocketAddr source;
    wire::SocketAddr local;
};

/// An inner packet for the control thread: a message between Firezone's own programs, or, on a
/// client, a packet that has no gateway yet. Borrowed from the door.
struct ControlPacket {
    static constexpr std::uint32_t kNoPeer = ~std::uint32_t{0};

    Bytes bytes;
    std::uint32_t slot = kNoPeer;  ///< of the peer that sent it
};

/// Control should look at it as soon as it can, or when it comes by.
enum class Urgency : std::uint8_t { none, soon, now };

struct Output {
    InplaceVector<Bytes, kBatch> to_tun;  ///< whole IP packets, borrowed from the door
    Departures to_network;
    InplaceVector<ControlDatagram, kBatch> datagrams;
    InplaceVector<ControlPacket, kBatch> packets;
    InplaceVector<std::uint32_t, kBatch> active;  ///< slots of peers whose activity awaits control
    Urgency urgency = Urgency::none;

    void raise(Urgency wanted) noexcept { urgency = std::max(urgency, wanted); }
    /// Keeps `active`: a peer stays in it until control was told.
    void clear() noexcept {
        to_tun.clear();
        to_network.clear();
        datagrams.clear();
        packets.clear();
        urgency = Urgency::none;
    }
};

}  // namespace fz::dataplane
