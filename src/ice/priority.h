// The arithmetic of preference: which candidate, and which pair, is tried and used first.
#pragma once

#include <algorithm>
#include <cstdint>

#include "wire/ip_addr.h"

namespace fz::ice {

enum class CandidateKind : std::uint8_t { host, prflx, srflx, relay };

/// RFC 8445 5.1.2.2, except for relay: 2 instead of 0, as upstream.
[[nodiscard]] constexpr std::uint32_t type_preference(CandidateKind kind) noexcept {
    switch (kind) {
        case CandidateKind::host:
            return 126;
        case CandidateKind::prflx:
            return 110;
        case CandidateKind::srflx:
            return 100;
        case CandidateKind::relay:
            return 2;
    }
    return 0;
}

inline constexpr std::uint32_t kTopPreference = 65535;
inline constexpr std::uint32_t kRelayPreference = 16383;  ///< upstream's start for relays
inline constexpr std::uint32_t kOtherFamilyPenalty =
    1000;  ///< a relay that translates IPv4 and IPv6

/// IPv6 goes first, by one.
[[nodiscard]] constexpr std::uint32_t family_penalty(wire::Family family) noexcept {
    return family == wire::Family::v4 ? 1 : 0;
}

/// RFC 8445 5.1.2.1 for our only component, 1.
[[nodiscard]] constexpr std::uint32_t candidate_priority(CandidateKind kind,
                                                         std::uint32_t local_preference) noexcept {
    return (type_preference(kind) << 24) | (local_preference << 8) | 255;
}

/// The same candidate behind `siblings` earlier ones of its kind and family: two steps of local
/// preference each, one per family.
[[nodiscard]] constexpr std::uint32_t behind_siblings(std::uint32_t priority,
                                                      std::uint32_t siblings) noexcept {
    const std::uint32_t preference = (priority >> 8) & 0xffff;
    const std::uint32_t steps = 2 * std::min(siblings, preference / 2);
    return priority - (steps << 8);
}

/// What a check's PRIORITY attribute says: the priority that a peer-reflexive candidate learned
/// from it shall have (RFC 8445 7.1.1).
[[nodiscard]] constexpr std::uint32_t as_peer_reflexive(std::uint32_t priority) noexcept {
    return (type_preference(CandidateKind::prflx) << 24) | (priority & 0x00ff'ffff);
}

/// RFC 8445 6.1.2.3; `controlling` is the priority of the controlling agent's candidate.
[[nodiscard]] constexpr std::uint64_t pair_priority(std::uint32_t controlling,
                                                    std::uint32_t controlled) noexcept {
    const std::uint64_t low = std::min(controlling, controlled);
    const std::uint64_t high = std::max(controlling, controlled);
    return (low << 32) + 2 * high + (controlling > controlled ? 1 : 0);
}

}  // namespace fz::ice
