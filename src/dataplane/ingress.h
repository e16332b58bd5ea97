// Network to resource: the fate of a batch of datagrams.
//
//   datagrams --open--> inner packets --admit--> TUN
//       |                    |             \---> ICMP answers, sealed, to the network
//       \-- STUN, TURN,      \-- Firezone control packets
//           handshakes           to the control thread
//
// Two stages over the whole batch. The lab's client runs the first one too and brings its own
// second; every door of the gateway calls `ingress`.
#pragma once

#include <span>

#include "base/time.h"
#include "dataplane/directory.h"
#include "dataplane/lane.h"
#include "wire/train.h"

namespace fz::dataplane {

/// Finds each datagram's session and opens it in place; what is not WireGuard data goes to
/// `lane.output.datagrams` untouched.
/// Shape:  takes up to kBatch datagrams from the front of `trains`, which keeps the rest;
///         `lane.opened` packets end where their length field says (padding is cut)
/// Thread: any worker, on its own lane
/// Errors: each lost packet is one named drop; the others are not affected
void open(std::span<wire::IncomingTrain>& trains, const Directory& directory, Instant now,
          Lane& lane) noexcept;

/// Applies each client's access to what it sent; answers refused packets with the ICMP errors that
/// clients rely on.
/// Shape:  `lane.opened` is empty afterwards; `lane.output.to_tun` packets are bit-identical to
///         what the client sent, save for an inherited congestion mark
void admit(Instant now, Lane& lane) noexcept;

/// Both stages.
void ingress(std::span<wire::IncomingTrain>& trains, const Directory& directory, Instant now,
             Lane& lane) noexcept;

}  // namespace fz::dataplane
