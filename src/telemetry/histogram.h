// How often a number was how large, in powers of two.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace fz::telemetry {

/// Bucket 0 counts zeros, bucket i the numbers below 2^i that no bucket before it counts, the last
/// one all that are left.
template <std::size_t N>
struct Histogram {
    std::array<std::uint64_t, N> counts{};
    std::uint64_t sum = 0;  ///< of the numbers

    void add(std::uint64_t number) noexcept {
        sum += number;
        ++counts[std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(number)), N - 1)];
    }
};

}  // namespace fz::telemetry
