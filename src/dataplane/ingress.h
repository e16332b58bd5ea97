// Network to resource: the fate of one batch of datagrams.
//
//   datagrams --open--> inner packets --admit--> TUN
//       |                    |             \---> ICMP answers, sealed, to the network
//       \-- STUN, TURN,      \-- Firezone control packets
//           handshakes           to the control thread
//
// Two stages over the whole batch. The lab's client runs the first one too and brings its own
// second; both doors of the gateway call `ingress`.
#pragma once

#include "base/time.h"
#include "dataplane/batch.h"
#include "dataplane/counters.h"
#include "dataplane/directory.h"

namespace fz::dataplane {

/// Finds each datagram's session and opens it in place; what is not WireGuard data goes to
/// `output.to_control` untouched.
/// Shape:  `datagrams` is empty afterwards; `opened` packets begin at the inner IP header and end
///         where its length field says (padding is cut)
/// Thread: any worker, on its own counters
/// Errors: each lost packet is one named drop; the others are not affected
void open(DatagramBatch& datagrams, const Directory& directory, Instant now, OpenedBatch& opened,
          Output& output, DirectionCounters& counters) noexcept;

/// Applies each client's access to what it sent; answers refused packets with the ICMP errors that
/// clients rely on.
/// Shape:  `opened` is empty afterwards; `output.to_tun` packets are bit-identical to what the
/// client
///         sent, save for an inherited congestion mark
void admit(OpenedBatch& opened, Instant now, Output& output, Counters& counters) noexcept;

/// Both stages.
void ingress(DatagramBatch& datagrams, const Directory& directory, Instant now, Output& output,
             Counters& counters) noexcept;

}  // namespace fz::dataplane
