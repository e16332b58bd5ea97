// Integers as they lie on the wire: unaligned loads and stores in a named byte order.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace fz {

template <std::unsigned_integral T>
[[nodiscard]] constexpr T byte_swap(T value) noexcept {
    if constexpr (sizeof(T) == 1) {
        return value;
    } else if constexpr (sizeof(T) == 2) {
        return __builtin_bswap16(value);
    } else if constexpr (sizeof(T) == 4) {
        return __builtin_bswap32(value);
    } else {
        return __builtin_bswap64(value);
    }
}

template <std::unsigned_integral T>
[[nodiscard]] inline T load_be(const std::byte* from) noexcept {
    T value;
    std::memcpy(&value, from, sizeof value);
    return std::endian::native == std::endian::little ? byte_swap(value) : value;
}

template <std::unsigned_integral T>
[[nodiscard]] inline T load_le(const std::byte* from) noexcept {
    T value;
    std::memcpy(&value, from, sizeof value);
    return std::endian::native == std::endian::little ? value : byte_swap(value);
}

template <std::unsigned_integral T>
inline void store_be(std::byte* to, T value) noexcept {
    if constexpr (std::endian::native == std::endian::little) value = byte_swap(value);
    std::memcpy(to, &value, sizeof value);
}

template <std::unsigned_integral T>
inline void store_le(std::byte* to, T value) noexcept {
    if constexpr (std::endian::native == std::endian::big) value = byte_swap(value);
    std::memcpy(to, &value, sizeof value);
}

}  // namespace fz
