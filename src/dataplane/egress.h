// Resource to network: the fate of a batch of packets from the TUN device.
//
//   super-packet --segment--> first segment --route--> peer
//                     \--> each segment, sealed straight into its datagram --> the network
#pragma once

#include <optional>
#include <span>

#include "base/expected.h"
#include "base/time.h"
#include "dataplane/lane.h"
#include "wire/ip_packet.h"
#include "wire/super_packet.h"

namespace fz::dataplane {

/// Encrypts one inner packet for the peer and frames it for the peer's path.
/// Shape:  `packet` is a whole IP packet, or empty (a keep-alive); the datagram lies in
///         `lane.output.to_network`, which has room for it
/// Thread: any worker, on its own lane
/// Errors: no_path, no_session (also noted for control), session_expired
[[nodiscard]] std::optional<Drop> seal_for(PeerState& peer, Bytes packet, wire::Ecn ecn,
                                           Instant now, Lane& lane) noexcept;

/// Who gets a packet from the TUN device.
class Router {
  public:
    virtual ~Router() = default;
    /// Any worker. `packet` speaks for all segments that came with it.
    [[nodiscard]] virtual Expected<PeerState*, Drop> route(const wire::IpPacketView& packet,
                                                           Lane& lane) const noexcept = 0;
};

/// Segments, routes, and seals.
/// Shape:  takes packets from the front of `packets`, which keeps those for which the lane has no
///         room; the segments of one super-packet stay together
/// Thread: any worker, on its own lane
/// Errors: each lost segment is one named drop; nothing is ever answered towards the TUN device
void egress(std::span<wire::SuperPacket>& packets, const Router& router, Instant now,
            Lane& lane) noexcept;

}  // namespace fz::dataplane
