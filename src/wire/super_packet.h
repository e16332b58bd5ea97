// A packet from the kernel that may stand for many segments of one flow.
#pragma once

#include "base/bytes.h"
#include "wire/offload.h"

namespace fz::wire {

/// Borrows the buffer it was read into; whoever segments it may change its bytes.
struct SuperPacket {
    MutBytes bytes;  ///< one IP packet, up to 65,575 bytes (an IPv6 header and its largest payload)
    Offload offload;
};

}  // namespace fz::wire
