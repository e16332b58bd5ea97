// Traffic from the peers to the resource: sealed ahead of time, sent at a pace, seen by the sink.
#pragma once

#include <atomic>

#include "cpu_watch.h"
#include "fleet.h"
#include "options.h"
#include "outlet.h"
#include "pace.h"
#include "sealed_chunk.h"
#include "sink.h"
#include "tally.h"

namespace fz::load {

/// Packets in flight that keep a gateway busy and fit into every queue on the way: eight trains.
inline constexpr std::uint64_t kUplinkWindow = 400;

class Uplink {
  public:
    /// All peers of `fleet` send; it outlives the uplink, and nobody else may drive it meanwhile.
    [[nodiscard]] static Expected<std::unique_ptr<Uplink>> open(Fleet& fleet,
                                                                const Options& options, Pace pace);

    /// Lets packets flow for `seconds`, in pieces, and waits for the last of them. Errors: sessions
    /// have become too old, or the outlet's.
    [[nodiscard]] Expected<void> run(Duration seconds, CpuWatch& watch);
    /// Ends a run early; from any thread.
    void stop() noexcept { stopped_ = true; }
    /// False while nothing flows because the next packets are being sealed. For any thread.
    [[nodiscard]] bool flowing() const noexcept { return flowing_; }

    void describe(JsonObject& into) const;

  private:
    Uplink(Fleet& fleet, Sink sink, std::unique_ptr<Outlet> outlet, const Options& options,
           const Turns& turns, Pace pace);

    void flow(Duration limit);
    void settle();
    /// Trains of one socket, from the front of `trains`, that make at most `allowance` packets.
    [[nodiscard]] static std::span<const Train> batch_of(std::span<const Train> trains,
                                                         std::uint64_t allowance) noexcept;
    void send(std::span<const Train> batch) noexcept;
    /// Accounts for what has arrived; true if anything has.
    bool drain(Instant now) noexcept;
    void idle(Instant now) noexcept;

    Fleet& fleet_;
    Sink sink_;
    std::unique_ptr<Outlet> outlet_;
    Duration spin_;
    Traffic traffic_;
    Pace pace_;
    SealedChunk chunk_;
    Tally tally_;
    Instant arrived_at_{};   ///< the last packet at the sink
    Instant serviced_at_{};  ///< the fleet, last
    double sending_seconds_ = 0;
    std::atomic<bool> stopped_ = false;
    std::atomic<bool> flowing_ = false;
};

}  // namespace fz::load
