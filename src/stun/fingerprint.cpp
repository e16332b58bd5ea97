#include "stun/fingerprint.h"

#include <array>

namespace fz::stun {
namespace {

constexpr std::uint32_t kPolynomial = 0xedb88320;  // 0x04c11db7 with its bits reversed
constexpr std::uint32_t kMask = 0x5354554e;        // "STUN"

constexpr std::array<std::uint32_t, 256> make_table() noexcept {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t crc = i;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 1) != 0 ? (crc >> 1) ^ kPolynomial : crc >> 1;
        table[i] = crc;
    }
    return table;
}

constexpr auto kTable = make_table();

}  // namespace

std::uint32_t fingerprint_of(std::initializer_list<Bytes> parts) noexcept {
    std::uint32_t crc = ~std::uint32_t{0};
    for (const Bytes part : parts)
        for (const std::byte byte : part)
            crc = kTable[(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xff] ^ (crc >> 8);
    return ~crc ^ kMask;
}

}  // namespace fz::stun
