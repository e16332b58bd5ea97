// What enters and leaves the data plane in one batch. A door fills one, the data plane fills the
// other, the door empties it; tests do both by hand.
#pragma once

#include <cstdint>

#include "base/inplace_vector.h"
#include "dataplane/peer_state.h"
#include "packet/frame_pool.h"
#include "wire/ecn.h"
#include "wire/ip_addr.h"

namespace fz::dataplane {

inline constexpr std::size_t kBatchSize = packet::kBatchSize;

/// A datagram as the network delivered it.
struct Datagram {
    packet::Packet packet;
    wire::SocketAddr source;
    wire::SocketAddr local;  ///< the address and port it was sent to
    wire::Ecn ecn = wire::Ecn::not_ect;
};
using DatagramBatch = InplaceVector<Datagram, kBatchSize>;

/// A datagram that is ready to be sent.
struct Outgoing {
    packet::Packet packet;
    std::optional<wire::SocketAddr> source;  ///< nothing: the kernel chooses (relays)
    wire::SocketAddr destination;
    wire::Ecn ecn = wire::Ecn::not_ect;
};

/// An inner packet that was opened, on its way to policy.
struct Opened {
    packet::Packet packet;
    PeerState* peer;
    wire::Ecn outer_ecn;
};
using OpenedBatch = InplaceVector<Opened, kBatchSize>;

/// What one batch did with one peer: the facts the control thread's timers live on.
struct Activity {
    std::uint32_t slot;
    bool data_received = false;
    bool keepalive_received = false;
    bool data_sent = false;
    bool session_wanted = false;                        ///< a packet found no session to go out on
    std::optional<std::uint32_t> confirmed_index = {};  ///< the responder's session became current
};

/// A Firezone control packet (inner IPv6 from :: to ::), for the control thread.
struct ControlPacket {
    packet::Packet packet;
    std::uint32_t slot;
};

struct Output {
    packet::Batch to_tun;
    InplaceVector<Outgoing, kBatchSize> to_network;
    DatagramBatch to_control;  ///< STUN, TURN, handshakes: everything but WireGuard data
    InplaceVector<ControlPacket, kBatchSize> control_packets;
    InplaceVector<Activity, kBatchSize> activity;

    /// The record of this batch for the peer, made on first use.
    Activity& activity_of(std::uint32_t slot) noexcept {
        for (Activity& record : activity)
            if (record.slot == slot) return record;
        return activity.emplace_back(Activity{.slot = slot});
    }
};

}  // namespace fz::dataplane
