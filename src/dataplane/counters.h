// What one worker saw, each way: received = delivered + sum of named drops, exactly.
#pragma once

#include <array>
#include <cstdint>

#include "dataplane/drop.h"

namespace fz::dataplane {

/// One direction of one worker; a single writer.
struct DirectionCounters {
    std::uint64_t received = 0;        ///< packets that entered the data plane
    std::uint64_t received_bytes = 0;  ///< as the door they came by counts: datagrams or IP packets
    std::uint64_t delivered = 0;       ///< packets handed to the other door, or to control
    std::uint64_t delivered_bytes = 0;  ///< as the door they left by counts
    std::array<std::uint64_t, kDropCount> drops{};

    void dropped(Drop reason, std::uint64_t packets = 1) noexcept {
        drops[static_cast<std::size_t>(reason)] += packets;
    }
    /// The door itself lost packets before the data plane saw them.
    void lost_at_door(Drop reason, std::uint64_t packets) noexcept {
        received += packets;
        dropped(reason, packets);
    }
    /// The door did not take packets that were counted as delivered.
    void refused(Drop reason, std::uint64_t packets, std::uint64_t bytes) noexcept {
        delivered -= packets;
        delivered_bytes -= bytes;
        dropped(reason, packets);
    }
    [[nodiscard]] std::uint64_t dropped_total() const noexcept {
        std::uint64_t total = 0;
        for (const std::uint64_t count : drops) total += count;
        return total;
    }
};

struct Counters {
    DirectionCounters to_resource;   ///< datagrams from the network
    DirectionCounters to_client;     ///< packets from the TUN device
    std::uint64_t icmp_answers = 0;  ///< ICMP errors made for refused packets
    std::uint64_t keepalives = 0;    ///< empty data messages received
    /// Times this worker found a peer's guard held by another one.
    std::uint64_t guard_contended = 0;
};

}  // namespace fz::dataplane
