// What happened between two looks at the gateway, per second.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dataplane/drop.h"
#include "telemetry/page.h"

namespace fz::stat {

/// Packets that one way delivered.
struct Flow {
    double packets = 0;
    double bits = 0;
};

/// What brought packets from the network.
enum class Path : std::uint8_t { idle, sockets, rings, both };
[[nodiscard]] std::string_view name_of(Path path) noexcept;

/// One queue, which is one worker; or all of them.
struct QueueRates {
    std::uint64_t cpu = 0;
    Path path = Path::idle;
    Flow up;                   ///< to the private network
    Flow down;                 ///< to clients
    double batch = 0;          ///< packets from the network per batch
    double ns_per_packet = 0;  ///< of working time; 0: no packets
    double busy = 0;           ///< 1 is one processor
    double wakeups = 0;
    std::optional<double> fill;  ///< share of buffers a ring still had when it was read
    double drops = 0;
    double overload_drops = 0;                ///< of them, because the gateway did not keep up
    std::optional<dataplane::Drop> top_drop;  ///< the most frequent one
    double tun_writes = 0;
    double tun_packets = 0;
    double tun_refused = 0;
    double contended = 0;
};

struct Rates {
    Duration interval{};
    std::vector<QueueRates> queues;
    QueueRates total;
    /// Not between two looks at the same gateway, but since it started.
    bool since_start = false;
};

/// A gateway that was started again in between counts from its start.
[[nodiscard]] Rates rates_between(const telemetry::Snapshot& before,
                                  const telemetry::Snapshot& after);

/// True of what is lost because somebody in this host is too slow, and not because of what it is.
[[nodiscard]] bool is_overload(dataplane::Drop drop) noexcept;

}  // namespace fz::stat
