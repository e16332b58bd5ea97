// The hashes the protocols name: BLAKE2s (WireGuard), HMAC-SHA1 and MD5 (STUN), SHA-256 (identity).
#pragma once

#include <array>
#include <initializer_list>
#include <string>

#include "base/bytes.h"
#include "crypto/keys.h"

namespace fz::crypto {

using Digest16 = std::array<std::byte, 16>;
using Digest20 = std::array<std::byte, 20>;
using Digest32 = std::array<std::byte, 32>;

/// BLAKE2s-256 (RFC 7693) over the concatenation of `parts`.
[[nodiscard]] Digest32 blake2s(std::initializer_list<Bytes> parts) noexcept;
/// Keyed BLAKE2s with a 16-byte result: WireGuard's Mac(). `key` holds at most 32 bytes.
[[nodiscard]] Digest16 blake2s_mac16(Bytes key, std::initializer_list<Bytes> parts) noexcept;
/// HMAC with BLAKE2s-256: WireGuard's Kdf step.
[[nodiscard]] Secret hmac_blake2s(Bytes key, std::initializer_list<Bytes> parts) noexcept;

[[nodiscard]] Digest20 hmac_sha1(Bytes key, std::initializer_list<Bytes> parts) noexcept;
[[nodiscard]] Digest16 md5(Bytes text) noexcept;
[[nodiscard]] Digest32 sha256(Bytes text) noexcept;

/// True if equal, in time that depends on the length only.
[[nodiscard]] bool equal_constant_time(Bytes a, Bytes b) noexcept;

[[nodiscard]] std::string to_hex(Bytes bytes);     ///< lower case
[[nodiscard]] std::string to_base64(Bytes bytes);  ///< standard alphabet, padded

}  // namespace fz::crypto
