// Keys as types: a public key can be printed, a secret cannot and wipes itself.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace fz::crypto {

inline constexpr std::size_t kKeySize = 32;  ///< bytes: X25519, ChaCha20-Poly1305, BLAKE2s

/// An X25519 public key (RFC 7748); WireGuard's name for a peer.
struct PublicKey {
    std::array<std::byte, kKeySize> bytes{};

    /// Standard base64 with padding: 44 characters.
    [[nodiscard]] static std::optional<PublicKey> from_base64(std::string_view text) noexcept;
    [[nodiscard]] std::string to_base64() const;

    friend auto operator<=>(const PublicKey&, const PublicKey&) = default;
};

/// Thirty-two bytes nobody may see: no formatter, compared in constant time, wiped on destruction.
class Secret {
  public:
    Secret() = default;
    explicit Secret(Bytes thirty_two_bytes) noexcept;
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    ~Secret();

    [[nodiscard]] static std::optional<Secret> from_base64(std::string_view text) noexcept;
    [[nodiscard]] Bytes bytes() const noexcept { return bytes_; }
    [[nodiscard]] MutBytes bytes() noexcept { return bytes_; }

    friend bool operator==(const Secret& a, const Secret& b) noexcept;

  private:
    std::array<std::byte, kKeySize> bytes_{};
};

using PrivateKey = Secret;
using PresharedKey = Secret;

struct KeyPair {
    PrivateKey private_key;
    PublicKey public_key;
};

}  // namespace fz::crypto
