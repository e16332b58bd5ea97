// What both sides have agreed on so far: Noise's running hash and chaining key.
#pragma once

#include <utility>

#include "base/bytes.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/keys.h"

namespace fz::noise {

/// One per handshake and side; both sides call the same steps in the same order, and whatever one
/// of them sees differently makes the next `open` fail. Source: WireGuard 5.4.2, 5.4.3 (the Ci, Hi
/// and kappa there); Noise 5.2 (SymmetricState).
class Transcript {
  public:
    /// Begins with the protocol's name and the responder's static key.
    explicit Transcript(const crypto::PublicKey& responder) noexcept;

    void mix_ephemeral(const crypto::PublicKey& ephemeral) noexcept;
    /// The result of a Diffie-Hellman; the next `seal` or `open` uses a key that follows from it.
    void mix_secret(const crypto::Secret& shared) noexcept;
    void mix_preshared_key(const crypto::PresharedKey& key) noexcept;

    /// `out` holds the text's size plus the tag's.
    void seal(Bytes text, MutBytes out) noexcept;
    /// `out` holds the sealed text's size less the tag's; it is unspecified on rejection.
    [[nodiscard]] crypto::Open open(Bytes sealed_text, MutBytes out) noexcept;

    /// The two session keys: the initiator sends with the first, the responder with the second.
    [[nodiscard]] std::pair<crypto::Secret, crypto::Secret> split() const noexcept;

  private:
    void mix_hash(Bytes bytes) noexcept;

    crypto::Secret chaining_key_;
    crypto::Secret key_;
    crypto::Digest32 hash_;
};

}  // namespace fz::noise
