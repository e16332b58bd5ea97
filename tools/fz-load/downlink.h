// Traffic from the resource to the peers: injected at a pace, its ciphertext counted and dropped.
#pragma once

#include <vector>

#include "cpu_watch.h"
#include "fleet.h"
#include "injector.h"
#include "options.h"
#include "pace.h"
#include "session_watch.h"
#include "tally.h"

namespace fz::load {

/// Packets in flight: eight super-packets, or what fits well into a TUN device's queue one by one.
[[nodiscard]] constexpr std::uint64_t downlink_window(Traffic traffic) noexcept {
    return is_tcp(traffic) ? 8 * Injector::max_segments(traffic) : 256;
}

class Downlink {
  public:
    /// Every peer of `fleet`, which outlives the downlink, is sent to.
    [[nodiscard]] static Expected<Downlink> open(Fleet& fleet, const Options& options, Pace pace);

    /// Lets packets flow for `seconds` and waits for the last of them.
    void run(Duration seconds, CpuWatch& watch);
    void describe(JsonObject& into) const;

  private:
    struct Flow {
        FlowTemplate packets;
        std::uint64_t next = 0;
    };
    Downlink(Fleet& fleet, Injector injector, const Options& options, Pace pace);

    /// Sends as much of the flows' turns as `allowance` and one batch hold; false if that is none.
    bool inject(std::uint64_t allowance);
    /// Accounts for what has arrived; true if anything has.
    bool drain(Instant now);
    void idle(Instant now);

    Fleet& fleet_;
    Injector injector_;
    Traffic traffic_;
    std::size_t per_turn_;  ///< packets of one flow in a row
    Pace pace_;
    std::vector<Flow> flows_;  ///< ordered so that neighbours belong to different peers
    std::size_t next_flow_ = 0;
    SessionWatch watch_;
    Tally tally_;
    Instant arrived_at_{};
    double sending_seconds_ = 0;
};

}  // namespace fz::load
