// One worker's lane through the data plane: its cipher, its counters, and what its batch yields.
//
// Made once per worker, on the heap (half a megabyte); nothing in it is shared.
#pragma once

#include "base/inplace_vector.h"
#include "crypto/aead_engine.h"
#include "dataplane/counters.h"
#include "dataplane/output.h"
#include "dataplane/peer_state.h"

namespace fz::dataplane {

/// An inner packet that was opened, on its way to policy. Borrowed from the door.
struct Opened {
    MutBytes packet;  ///< one whole IP packet
    PeerState* peer;
    wire::Ecn outer_ecn;
};
using OpenedBatch = InplaceVector<Opened, kBatch>;

struct Lane {
    explicit Lane(crypto::AeadProvider provider) : aead(provider) {}

    crypto::AeadEngine aead;
    Counters counters;
    OpenedBatch opened;
    Output output;

    /// Stamps a fact and, if the control thread does not know yet, has it told.
    void note(PeerState& peer, ActivityRecord::Fact fact, Instant now) noexcept {
        if (!peer.activity().note(fact, now)) return;
        if (output.active.full()) {
            peer.activity().notice_lost();  // told with one of its next packets
            return;
        }
        output.active.push_back(peer.slot());
        output.raise(Urgency::soon);
    }
};

}  // namespace fz::dataplane
