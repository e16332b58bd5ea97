// What one worker counts about itself: a row of fz-stat. Nothing but 64-bit numbers, all of which
// only grow, but for those that say State.
#pragma once

#include <cstdint>
#include <type_traits>

#include "dataplane/counters.h"
#include "telemetry/histogram.h"

namespace fz::telemetry {

/// How well packets coalesced on their way into the TUN device.
struct TunWrites {
    std::uint64_t writes = 0;    ///< system calls that the kernel took
    std::uint64_t packets = 0;   ///< packets in them
    std::uint64_t replaced = 0;  ///< of these: acknowledgments that a later one stands for
    std::uint64_t refused = 0;   ///< merged writes that it did not take
};

/// What one way into a worker yielded.
struct Intake {
    std::uint64_t batches = 0;  ///< receives that brought something
    std::uint64_t packets = 0;  ///< datagrams, frames, or packets of the TUN device: super-packets
                                ///< count as one
};

struct WorkerFigures {
    dataplane::Counters packets;
    TunWrites tun_writes;
    Intake from_sockets;
    Intake from_rings;
    Intake from_tun;
    std::uint64_t turns = 0;       ///< rounds over the doors that were ready
    std::uint64_t sleeps = 0;      ///< waits that did not end at once
    std::uint64_t asleep_ns = 0;   ///< in those that have ended
    std::uint64_t looking_ns = 0;  ///< looking on for more instead of sleeping (worker/linger.h)
    /// CLOCK_MONOTONIC: the last turn ended then; it rests since, or has begun the next. State.
    std::uint64_t rests_since_ns = 0;
    std::uint64_t cpu = 0;             ///< where it ran last. State.
    std::uint64_t buffers = 0;         ///< the kernel had left in a ring when it was read. State.
    std::uint64_t buffers_wanted = 0;  ///< that it gets each time. State.
    Histogram<12> batch_sizes;         ///< packets per batch from the network
    Histogram<20> turn_us;             ///< how long a turn took, in microseconds
};

static_assert(std::is_trivially_copyable_v<WorkerFigures>);

}  // namespace fz::telemetry
