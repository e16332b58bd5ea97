// What the packet path did with one peer, left for the control thread: WireGuard's timers live on
// it.
//
// Workers stamp facts, the control thread takes them. Facts that come again before control looked
// only move their stamp, so a peer costs at most one notice however fast its packets are.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace fz::dataplane {

/// The facts since control last looked, each with the last time it happened.
struct Activity {
    std::optional<Instant> data_received;
    std::optional<Instant> keepalive_received;
    std::optional<Instant> data_sent;
    std::optional<Instant> session_wanted;  ///< a packet found no session to go out on
    std::optional<Instant>
        session_confirmed;  ///< a responder's session became the one to send with
};

class ActivityRecord {
  public:
    enum class Fact : std::uint8_t {
        data_received,
        keepalive_received,
        data_sent,
        session_wanted,
        session_confirmed
    };

    /// Any worker. True if control knows of nothing yet: it must be told to look at this peer.
    [[nodiscard]] bool note(Fact fact, Instant now) noexcept {
        const auto index = static_cast<std::size_t>(fact);
        stamps_[index].store(now.time_since_epoch().count(), std::memory_order_relaxed);
        facts_.fetch_or(1U << index, std::memory_order_relaxed);
        // An exchange, like the one in `take`: control either sees this fact or is told again.
        return !told_.exchange(true, std::memory_order_acq_rel);
    }
    /// Any worker: the notice that `note` asked for was lost, so the next fact asks for another.
    void notice_lost() noexcept { told_.store(false, std::memory_order_release); }

    /// The control thread.
    [[nodiscard]] Activity take() noexcept {
        told_.exchange(false, std::memory_order_acq_rel);
        const unsigned facts = facts_.exchange(0, std::memory_order_relaxed);
        const auto stamp = [&](Fact fact) -> std::optional<Instant> {
            const auto index = static_cast<std::size_t>(fact);
            if ((facts >> index & 1U) == 0) return std::nullopt;
            return Instant(Duration(stamps_[index].load(std::memory_order_relaxed)));
        };
        return {.data_received = stamp(Fact::data_received),
                .keepalive_received = stamp(Fact::keepalive_received),
                .data_sent = stamp(Fact::data_sent),
                .session_wanted = stamp(Fact::session_wanted),
                .session_confirmed = stamp(Fact::session_confirmed)};
    }

  private:
    static constexpr std::size_t kFacts = 5;

    std::atomic<unsigned> facts_{0};  ///< a bit per fact that was not taken yet
    std::atomic<bool> told_{false};   ///< control has been told to look and has not looked yet
    std::array<std::atomic<Duration::rep>, kFacts> stamps_{};
};

}  // namespace fz::dataplane
