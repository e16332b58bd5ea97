// X25519 Diffie-Hellman (RFC 7748).
#pragma once

#include <optional>

#include "crypto/keys.h"
#include "crypto/random.h"

namespace fz::crypto {

[[nodiscard]] PublicKey public_key_of(const PrivateKey& key) noexcept;
[[nodiscard]] KeyPair generate_key_pair(Random& random) noexcept;
/// The shared secret, or nothing if `theirs` is a point of low order (the result would be zero).
[[nodiscard]] std::optional<Secret> x25519(const PrivateKey& ours,
                                           const PublicKey& theirs) noexcept;

}  // namespace fz::crypto
