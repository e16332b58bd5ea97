// How many handshake messages a node works on before it asks senders for their address.
#pragma once

#include "base/time.h"

namespace fz::noise {

/// A budget per window of one second. The window follows the clock alone: whether anybody ticks,
/// or every connection sleeps, changes nothing.
class RateLimiter {
  public:
    static constexpr int kMessagesPerWindow = 100;  ///< handshake messages, whole node; as upstream
    static constexpr Duration kWindow = 1s;

    enum class Load { normal, high };
    /// Counts one message and tells whether the budget is spent.
    [[nodiscard]] Load count(Instant now) noexcept {
        if (now - window_began_ >= kWindow) {
            window_began_ = now;
            counted_ = 0;
        }
        if (counted_ == kMessagesPerWindow) return Load::high;
        ++counted_;
        return Load::normal;
    }

  private:
    Instant window_began_;
    int counted_ = 0;
};

}  // namespace fz::noise
