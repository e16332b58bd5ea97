// ChaCha20-Poly1305 (RFC 8439) and XChaCha20-Poly1305, in place.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "crypto/keys.h"

namespace fz::crypto {

inline constexpr std::size_t kAeadTagSize = 16;
inline constexpr std::size_t kXNonceSize = 24;

enum class Open : bool { rejected = false, ok = true };

/// Encrypts `text` in place and writes the tag. The nonce is 4 zero bytes and the counter,
/// little-endian (WireGuard 5.4.6). Overlap of `text` and `tag` is a bug.
void seal_in_place(const Secret& key, std::uint64_t counter, Bytes associated, MutBytes text,
                   std::span<std::byte, kAeadTagSize> tag) noexcept;
/// Decrypts `text` in place. On rejection the text is unspecified.
[[nodiscard]] Open open_in_place(const Secret& key, std::uint64_t counter, Bytes associated,
                                 MutBytes text,
                                 std::span<const std::byte, kAeadTagSize> tag) noexcept;

/// The same with a random 24-byte nonce: WireGuard's cookies.
void xseal_in_place(const Secret& key, std::span<const std::byte, kXNonceSize> nonce,
                    Bytes associated, MutBytes text,
                    std::span<std::byte, kAeadTagSize> tag) noexcept;
[[nodiscard]] Open xopen_in_place(const Secret& key, std::span<const std::byte, kXNonceSize> nonce,
                                  Bytes associated, MutBytes text,
                                  std::span<const std::byte, kAeadTagSize> tag) noexcept;

}  // namespace fz::crypto
