// One WireGuard session as the packet path uses it: two keys, a send counter, a replay window.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "dataplane/drop.h"
#include "noise/keypair.h"
#include "noise/replay_window.h"
#include "packet/frame_pool.h"

namespace fz::dataplane {

/// Created by the control thread, used by workers, freed after a quiet point.
class Session {
  public:
    explicit Session(const noise::Keypair& keys) noexcept : keys_(keys) {}

    [[nodiscard]] std::uint32_t local_index() const noexcept { return keys_.local_index; }
    [[nodiscard]] noise::Role role() const noexcept { return keys_.role; }
    [[nodiscard]] Instant created_at() const noexcept { return keys_.created_at; }
    /// False once the session's age forbids to send or accept with it (WireGuard 6.2).
    [[nodiscard]] bool alive(Instant now) const noexcept;

    /// Encrypts an inner IP packet (or nothing: a keep-alive) in place.
    /// Shape:  in: at the inner IP header; out: at the 16-byte data header, tag at the end
    /// Thread: any; each call takes its own counter
    /// Errors: session_expired once the message limit is reached; the packet is then unchanged
    /// Source: WireGuard 5.4.6; no padding, as upstream
    [[nodiscard]] std::optional<Drop> seal(packet::Packet& packet) noexcept;

    /// Decrypts one data message in place.
    /// Shape:  in: at the data header, at least 32 bytes; out: at the inner IP header
    /// Thread: one at a time; the replay window has no guard while one thread runs the packet path
    /// Errors: replayed, bad_tag; the packet's bytes are then unspecified
    /// Source: WireGuard 5.4.6; RFC 6479 3
    [[nodiscard]] std::optional<Drop> open(packet::Packet& packet) noexcept;

  private:
    const noise::Keypair keys_;
    std::atomic<std::uint64_t> next_counter_{0};
    noise::ReplayWindow window_;
};

}  // namespace fz::dataplane
