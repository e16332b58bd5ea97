// One WireGuard session as the packet path uses it: two keys, a send counter, a replay window.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"
#include "crypto/aead_engine.h"
#include "dataplane/drop.h"
#include "dataplane/peer_guard.h"
#include "noise/keypair.h"
#include "noise/messages.h"
#include "noise/replay_window.h"
#include "wire/ecn.h"

namespace fz::dataplane {

/// A data message of a batch, and what became of it.
struct DataMessage {
    MutBytes bytes;  ///< from the data header on, at least 32 bytes; once opened, the inner packet
    wire::Ecn ecn = wire::Ecn::not_ect;  ///< of the datagram it came in
    std::optional<Drop> drop = {};
};

/// Created by the control thread, used by workers, freed after a quiet point.
class Session {
  public:
    static constexpr std::size_t kRun = 64;  ///< most messages that one call of `open` takes

    explicit Session(const noise::Keypair& keys) noexcept : keys_(keys) {}

    [[nodiscard]] std::uint32_t local_index() const noexcept { return keys_.local_index; }
    [[nodiscard]] noise::Role role() const noexcept { return keys_.role; }
    [[nodiscard]] Instant created_at() const noexcept { return keys_.created_at; }
    /// False once the session's age forbids to send or accept with it (WireGuard 6.2).
    [[nodiscard]] bool alive(Instant now) const noexcept;

    /// Takes `count` consecutive counters to seal with and returns the first.
    /// Thread: any; no two callers get the same counter
    /// Errors: nothing once the message limit is reached
    [[nodiscard]] std::optional<std::uint64_t> take_counters(std::uint64_t count) noexcept;

    /// Encrypts an inner IP packet (or nothing: a keep-alive).
    /// Shape:  `message` takes the 16-byte data header, the text and the 16-byte tag; `text` does
    ///         not overlap it
    /// Thread: any, each with its own engine
    /// Source: WireGuard 5.4.6; no padding, as upstream
    void seal(std::uint64_t counter, Bytes text, MutBytes message,
              crypto::AeadEngine& aead) const noexcept;

    /// Decrypts up to kRun data messages in place.
    /// Shape:  each message's `bytes` become the inner packet, padding included, or its `drop` says
    ///         why not and the bytes are unspecified
    /// Thread: any; takes the peer's guard twice, not while it decrypts
    /// Errors: session_expired, replayed, bad_tag
    /// Source: WireGuard 5.4.6; RFC 6479 3
    void open(std::span<DataMessage> messages, crypto::AeadEngine& aead, PeerGuard& guard,
              std::uint64_t& contended) noexcept;

  private:
    const noise::Keypair keys_;
    std::atomic<std::uint64_t> next_counter_{0};
    noise::ReplayWindow window_;  ///< behind the peer's guard
};

}  // namespace fz::dataplane
