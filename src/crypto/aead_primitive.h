// ChaCha20-Poly1305 (RFC 8439) as one library offers it, behind one interface.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/bytes.h"
#include "crypto/aead.h"
#include "crypto/keys.h"

namespace fz::crypto {

enum class AeadProvider : std::uint8_t { sodium, openssl, ipsec_mb };
/// Those that work on this machine.
[[nodiscard]] std::span<const AeadProvider> aead_providers() noexcept;
[[nodiscard]] std::string_view name_of(AeadProvider provider) noexcept;

using Nonce = std::array<std::byte, 12>;

/// Used by one thread. May remember the last key of each direction in the form it likes, so a row
/// of packets under one key sets it up once; wipes what it remembers.
class AeadPrimitive {
  public:
    virtual ~AeadPrimitive() = default;

    /// Writes the encrypted text and behind it the tag: text.size() + 16 bytes at `out`, which is
    /// where `text` lies or does not overlap it.
    virtual void seal(const Secret& key, const Nonce& nonce, Bytes associated, Bytes text,
                      std::byte* out) noexcept = 0;
    /// Decrypts in place. `sealed` is the text and its tag, at least 16 bytes. On rejection the
    /// text is unspecified.
    [[nodiscard]] virtual Open open(const Secret& key, const Nonce& nonce, Bytes associated,
                                    MutBytes sealed) noexcept = 0;
};

/// One of aead_providers(). Allocates; the primitive itself never does.
[[nodiscard]] std::unique_ptr<AeadPrimitive> make_aead(AeadProvider provider);

}  // namespace fz::crypto
