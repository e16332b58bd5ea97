// The two ECN bits of an IP header (RFC 3168 5) and how a tunnel end merges them.
#pragma once

#include <cstdint>

namespace fz::wire {

enum class Ecn : std::uint8_t { not_ect = 0b00, ect1 = 0b01, ect0 = 0b10, ce = 0b11 };

[[nodiscard]] constexpr Ecn ecn_of(std::uint8_t traffic_class) noexcept {
    return static_cast<Ecn>(traffic_class & 0b11);
}

/// The inner mark after decapsulation: an ECN-capable inner packet inherits congestion met by the
/// outer one; every other combination stays as it is (a Not-ECT packet is never marked).
[[nodiscard]] constexpr Ecn merge_on_decapsulation(Ecn outer, Ecn inner) noexcept {
    const bool capable = inner == Ecn::ect0 || inner == Ecn::ect1;
    return capable && outer == Ecn::ce ? Ecn::ce : inner;
}

}  // namespace fz::wire
