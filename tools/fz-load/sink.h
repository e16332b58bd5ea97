// The resource's end of decrypt: counts the packets of every flow and checks their order.
#pragma once

#include <optional>
#include <vector>

#include "arrival_order.h"
#include "capture_ring.h"
#include "flow_template.h"
#include "options.h"
#include "tally.h"

namespace fz::load {

class Sink {
  public:
    /// `flows` flows of this kind of traffic arrive at `far_end`.
    [[nodiscard]] static Expected<Sink> open(const FarEnd& far_end, Traffic traffic,
                                             std::size_t flows, CaptureRing::Detail detail);

    /// Takes all that has arrived. Returns how many packets that were.
    std::uint64_t drain() noexcept;
    /// Waits for an arrival, at most a millisecond.
    void wait() const noexcept;

    [[nodiscard]] const Arrivals& arrivals() const noexcept { return arrivals_; }
    [[nodiscard]] std::uint64_t take_drops() noexcept { return ring_.take_drops(); }

  private:
    Sink(CaptureRing ring, Traffic traffic, std::size_t flows, CaptureRing::Detail detail);

    void take(const Captured& captured) noexcept;
    /// Compares the payloads of `count` packets, from `number` on, with what was sent.
    [[nodiscard]] std::uint64_t corrupt_among(Bytes payloads, std::uint64_t number,
                                              std::uint64_t count) const noexcept;

    CaptureRing ring_;
    Traffic traffic_;
    CaptureRing::Detail detail_;
    FlowTemplate pattern_;
    std::vector<ArrivalOrder> orders_;
    Arrivals arrivals_;
};

}  // namespace fz::load
