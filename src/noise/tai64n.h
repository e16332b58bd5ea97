// TAI64N: the timestamp in an initiation, which may only grow; that makes old ones worthless.
#pragma once

#include <array>
#include <compare>
#include <cstddef>

#include "base/time.h"

namespace fz::noise {

inline constexpr std::size_t kTai64nSize = 12;  ///< seconds (8) and nanoseconds (4), big-endian

/// Big-endian bytes, so that comparing the bytes compares the times. The default is before all.
struct Tai64n {
    std::array<std::byte, kTai64nSize> bytes{};

    /// Source: cr.yp.to/libtai/tai64.html; TAI is taken as UTC + 10 s, as every WireGuard does.
    [[nodiscard]] static Tai64n from(UnixTime time) noexcept;

    friend auto operator<=>(const Tai64n&, const Tai64n&) = default;
};

}  // namespace fz::noise
