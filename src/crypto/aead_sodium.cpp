// libsodium: a key needs no preparation. The faster one for short packets.
#include <sodium.h>

#include "base/assert.h"
#include "crypto/aead_providers.h"
#include "crypto/raw.h"

namespace fz::crypto {
namespace {

class SodiumAead final : public AeadPrimitive {
  public:
    // Without it libsodium uses its plainest code.
    SodiumAead() { FZ_ASSERT(sodium_init() >= 0); }

    void seal(const Secret& key, const Nonce& nonce, Bytes associated, Bytes text,
              std::byte* out) noexcept override {
        unsigned char* cipher = raw(MutBytes(out, text.size()));
        crypto_aead_chacha20poly1305_ietf_encrypt_detached(
            cipher, cipher + text.size(), nullptr, raw(text), text.size(), raw(associated),
            associated.size(), nullptr, raw(Bytes(nonce)), raw(key.bytes()));
    }

    Open open(const Secret& key, const Nonce& nonce, Bytes associated,
              MutBytes sealed) noexcept override {
        const std::size_t size = sealed.size() - kAeadTagSize;
        unsigned char* text = raw(sealed);
        return Open{crypto_aead_chacha20poly1305_ietf_decrypt_detached(
                        text, nullptr, text, size, text + size, raw(associated), associated.size(),
                        raw(Bytes(nonce)), raw(key.bytes())) == 0};
    }
};

}  // namespace

std::unique_ptr<AeadPrimitive> make_sodium_aead() { return std::make_unique<SodiumAead>(); }

}  // namespace fz::crypto
