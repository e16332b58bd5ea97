// The page of STUN numbers: message classes, methods, attributes and their limits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fz::stun {

enum class Class : std::uint8_t { request, indication, success, error };  ///< RFC 8489 5

/// RFC 8489 18.2, RFC 8656 17.
enum class Method : std::uint16_t {
    binding = 0x001,
    allocate = 0x003,
    refresh = 0x004,
    send = 0x006,
    data = 0x007,
    create_permission = 0x008,
    channel_bind = 0x009,
};

/// RFC 8489 18.3, RFC 8656 18, RFC 8445 16.1. From 0x8000 on comprehension is optional.
enum class Attribute : std::uint16_t {
    mapped_address = 0x0001,
    username = 0x0006,
    message_integrity = 0x0008,
    error_code = 0x0009,
    unknown_attributes = 0x000a,
    channel_number = 0x000c,
    lifetime = 0x000d,
    xor_peer_address = 0x0012,
    data = 0x0013,
    realm = 0x0014,
    nonce = 0x0015,
    xor_relayed_address = 0x0016,
    requested_address_family = 0x0017,
    requested_transport = 0x0019,
    xor_mapped_address = 0x0020,
    priority = 0x0024,
    use_candidate = 0x0025,
    additional_address_family = 0x8000,
    address_error_code = 0x8001,
    software = 0x8022,
    fingerprint = 0x8028,
    ice_controlled = 0x8029,
    ice_controlling = 0x802a,
};

inline constexpr std::uint32_t kMagicCookie = 0x2112a442;
inline constexpr std::size_t kHeaderSize = 20;
inline constexpr std::size_t kAttributeHeaderSize = 4;
inline constexpr std::size_t kIntegritySize = 20;  ///< HMAC-SHA1, RFC 8489 14.5
inline constexpr std::size_t kFingerprintSize = 4;
inline constexpr std::size_t kMaxUsername = 508;   ///< bytes, RFC 8489 14.3
inline constexpr std::size_t kMaxText = 763;       ///< bytes: REALM, NONCE, SOFTWARE, reason phrase
inline constexpr std::uint8_t kTransportUdp = 17;  ///< RFC 8656 18.7

/// How far `size` bytes reach once padded to the next multiple of four.
[[nodiscard]] constexpr std::size_t padded(std::size_t size) noexcept {
    return (size + 3) & ~std::size_t{3};
}

}  // namespace fz::stun
