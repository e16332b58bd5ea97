// What a tunnel does when nothing happens: five deadlines, each named after the event that is due.
//
// - response_missing: an initiation went out and no response came for 5 s and a bit. A new one with
// a
//   new ephemeral key goes out. The random bit keeps two peers from talking past each other for
//   ever.
// - attempt_failed: 15 s after the first of a row of unanswered initiations. The connection is
// over.
// - answer_missing: data went out and for 15 s nothing authentic came back, not even the keep-alive
//   that a living peer owes. The peer may have lost the session: a new handshake is tried.
// - keepalive_due: data came in and for 10 s nothing went out, so an empty packet tells the peer
// that
//   its data arrived. It counts from the first unanswered packet, or a peer that only talks would
//   reach its answer_missing.
// - connection_stale: no handshake was completed for 540 s. The connection is over.
//
// Two more things happen by age and need no timer of their own. A session dies at 180 s
// (sessions.h). An initiator re-keys when it sends on a session of 120 s or receives on one of 165
// s. Source: WireGuard 6.1 to 6.5; attempt_failed is 90 s there, and 15 s among Firezone peers,
// whose ICE agent would find another path in that time if there were one.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "base/time.h"

namespace fz::noise {

/// Those that end the connection come first: they leave the others nothing to do.
enum class Timer {
    attempt_failed,
    connection_stale,
    response_missing,
    answer_missing,
    keepalive_due
};
inline constexpr std::size_t kTimers = 5;

class Timers {
  public:
    void set(Timer timer, Instant deadline) noexcept { of(timer) = deadline; }
    void set_if_unset(Timer timer, Instant deadline) noexcept {
        if (!is_set(timer)) set(timer, deadline);
    }
    void clear(Timer timer) noexcept { of(timer).reset(); }
    void clear_all() noexcept { deadlines_ = {}; }

    [[nodiscard]] bool is_set(Timer timer) const noexcept {
        return deadlines_[static_cast<std::size_t>(timer)].has_value();
    }
    /// True once for each deadline that has come; asking clears it.
    [[nodiscard]] bool take(Timer timer, Instant now) noexcept {
        if (!is_set(timer) || *of(timer) > now) return false;
        clear(timer);
        return true;
    }
    [[nodiscard]] std::optional<Instant> next() const noexcept {
        std::optional<Instant> first;
        for (const auto& deadline : deadlines_) first = earlier(first, deadline);
        return first;
    }

  private:
    [[nodiscard]] std::optional<Instant>& of(Timer timer) noexcept {
        return deadlines_[static_cast<std::size_t>(timer)];
    }

    std::array<std::optional<Instant>, kTimers> deadlines_{};
};

}  // namespace fz::noise
