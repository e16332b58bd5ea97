// Resource to network: the fate of one batch of packets from the TUN device.
#pragma once

#include "base/time.h"
#include "dataplane/batch.h"
#include "dataplane/counters.h"
#include "dataplane/directory.h"

namespace fz::dataplane {

/// Encrypts one inner packet for the peer and frames it for the peer's path.
/// Shape:  in: at the inner IP header, or empty (a keep-alive); out: in `output.to_network`
/// Thread: any
/// Errors: no_path, no_session (also noted in `output.activity`), session_expired
[[nodiscard]] std::optional<Drop> seal_for(PeerState& peer, packet::Packet packet, wire::Ecn ecn,
                                           Instant now, Output& output) noexcept;

/// Looks up each packet's client, applies its access, and seals.
/// Shape:  `packets` is empty afterwards; each begins at the IP header
/// Thread: any worker, on its own counters
/// Errors: each lost packet is one named drop; nothing is ever answered towards the TUN device
void egress(packet::Batch& packets, const Directory& directory, Instant now, Output& output,
            Counters& counters) noexcept;

}  // namespace fz::dataplane
