// When the next packets may leave: as fast as they arrive (closed loop), or at a rate (open loop).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace fz::load {

/// Counts packets between the sender and the other end.
class Pace {
  public:
    /// Closed loop: at most `window` packets in flight.
    [[nodiscard]] static Pace closed(std::uint64_t window) { return Pace(window, 0); }
    /// Open loop: `per_second` packets, whatever becomes of them.
    [[nodiscard]] static Pace open(double per_second) { return Pace(0, per_second); }

    [[nodiscard]] bool is_closed() const noexcept { return per_second_ == 0; }
    /// An open loop's clock starts; what was due before is forgiven.
    void start(Instant now) noexcept { credited_at_ = now, credit_ = 0; }

    /// How many packets may leave now. A train larger than the window leaves when nothing is in
    /// flight.
    [[nodiscard]] std::uint64_t allowance(std::uint64_t next_train, Instant now) noexcept {
        if (is_closed()) {
            if (in_flight_ == 0) return std::max(window_, next_train);
            return window_ - std::min(window_, in_flight_);
        }
        const std::chrono::duration<double> passed = now - credited_at_;
        credited_at_ = now;
        // A sender that was held up does not make up for more than a moment's packets.
        credit_ = std::min(credit_ + passed.count() * per_second_,
                           std::max(kMoment * per_second_, static_cast<double>(next_train)));
        return static_cast<std::uint64_t>(credit_);
    }
    void sent(std::uint64_t packets) noexcept {
        in_flight_ += packets;
        credit_ -= static_cast<double>(packets);
    }
    void arrived(std::uint64_t packets) noexcept { in_flight_ -= std::min(in_flight_, packets); }
    /// What is in flight will not arrive any more.
    void write_off() noexcept { in_flight_ = 0; }
    [[nodiscard]] std::uint64_t in_flight() const noexcept { return in_flight_; }

  private:
    static constexpr double kMoment = 0.001;  ///< seconds

    Pace(std::uint64_t window, double per_second) : window_(window), per_second_(per_second) {}

    std::uint64_t window_;
    double per_second_;
    std::uint64_t in_flight_ = 0;
    double credit_ = 0;
    Instant credited_at_{};
};

}  // namespace fz::load
