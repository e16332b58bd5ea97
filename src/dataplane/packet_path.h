// The two journeys as one interface: what a worker calls, whatever this end of the tunnel is.
#pragma once

#include <span>

#include "base/time.h"
#include "dataplane/lane.h"
#include "wire/super_packet.h"
#include "wire/train.h"

namespace fz::dataplane {

/// Any number of workers, each with its own lane, between two of its quiet points.
class PacketPath {
  public:
    virtual ~PacketPath() = default;

    /// Takes datagrams from the front of `trains` until none are left or the lane is full; the span
    /// keeps what was not taken. The worker empties `lane.output` after each call.
    virtual void ingress(std::span<wire::IncomingTrain>& trains, Instant now,
                         Lane& lane) noexcept = 0;
    /// The same with packets from the TUN device.
    virtual void egress(std::span<wire::SuperPacket>& packets, Instant now,
                        Lane& lane) noexcept = 0;
};

}  // namespace fz::dataplane
