// The sessions of one connection: their indices, their eight places, and which one is in use.
//
// A 32-bit index is the connection's slot (24 bits) and a session counter (8 bits):
//
//   +-----------------------------------------------+---------------+
//   |                slot (24 bits)                 |    counter    |
//   +-----------------------------------------------+---------------+
//                                                         +-+-+-+
//                                                         place = counter mod 8
//
// Slots are unique within a node and the counter never carries into them, so indices of different
// connections cannot meet. Within one, an index comes back after 256 handshakes, when its place has
// long been taken by another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "noise/keypair.h"

namespace fz::noise {

class Sessions {
  public:
    static constexpr std::size_t kPlaces = 8;

    /// What the control plane remembers of a session; the keys are with the data plane.
    struct Session {
        std::uint32_t local_index;
        Role role;
        Instant created_at;
    };

    /// `slot` is below 2^24.
    explicit Sessions(std::uint32_t slot) noexcept;

    /// The index for the next initiation or response; the first one ends in 01.
    [[nodiscard]] std::uint32_t next_index() noexcept;

    /// Takes a new session in; an initiator's is in use at once, a responder's once confirmed.
    /// Returns the index of the session that lay in its place.
    std::optional<std::uint32_t> add(const Keypair& keypair) noexcept;
    /// A valid packet arrived on it: it is in use, unless a younger one is. False if there is none.
    bool confirm(std::uint32_t local_index) noexcept;
    /// The oldest session past kRejectAfterTime, removed.
    [[nodiscard]] std::optional<Session> take_expired(Instant now) noexcept;
    void clear() noexcept;

    /// The session to send with.
    [[nodiscard]] const std::optional<Session>& current() const noexcept { return current_; }
    /// True if a responder's session, younger than `age`, is still to be confirmed.
    [[nodiscard]] bool awaits_confirmation(Instant now, Duration age) const noexcept;
    [[nodiscard]] std::optional<Instant> next_expiry() const noexcept;

  private:
    [[nodiscard]] std::optional<Session>& place_of(std::uint32_t index) noexcept {
        return places_[index % kPlaces];
    }
    /// Empties a place, and forgets the current session if it lay there.
    std::optional<Session> remove(std::optional<Session>& place) noexcept;
    /// The place of the oldest session, or kPlaces.
    [[nodiscard]] std::size_t oldest() const noexcept;

    std::uint32_t slot_;
    std::uint8_t counter_ = 0;
    std::array<std::optional<Session>, kPlaces> places_{};
    std::optional<Session> current_;
    std::optional<Session> unconfirmed_;  ///< the latest of a responder, until it is in use
};

}  // namespace fz::noise
