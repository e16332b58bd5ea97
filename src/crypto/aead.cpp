#include "crypto/aead.h"

#include <sodium.h>

#include "crypto/raw.h"

namespace fz::crypto {

static_assert(kAeadTagSize == crypto_aead_chacha20poly1305_ietf_ABYTES);
static_assert(kAeadTagSize == crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(kXNonceSize == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);

namespace {

// libsodium picks the fastest code for this CPU once, before main; without it all is slow, not
// wrong.
[[maybe_unused]] const int kCpuFeaturesRead = sodium_init();

using Nonce = std::array<unsigned char, crypto_aead_chacha20poly1305_ietf_NPUBBYTES>;

[[nodiscard]] Nonce nonce_of(std::uint64_t counter) noexcept {
    Nonce nonce{};
    store_le(reinterpret_cast<std::byte*>(nonce.data()) + 4, counter);
    return nonce;
}

/// Where the text lies; libsodium's headers forbid a null pointer also for no bytes at all.
class Place {
  public:
    explicit Place(MutBytes text) noexcept : start_(text.empty() ? &nothing_ : raw(text)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    [[nodiscard]] unsigned char* start() noexcept { return start_; }

  private:
    unsigned char nothing_ = 0;
    unsigned char* start_;
};

}  // namespace

void seal_in_place(const Secret& key, std::uint64_t counter, Bytes associated, MutBytes text,
                   std::span<std::byte, kAeadTagSize> tag) noexcept {
    Place at(text);
    crypto_aead_chacha20poly1305_ietf_encrypt_detached(
        at.start(), raw(MutBytes(tag)), nullptr, at.start(), text.size(), raw(associated),
        associated.size(), nullptr, nonce_of(counter).data(), raw(key.bytes()));
}

Open open_in_place(const Secret& key, std::uint64_t counter, Bytes associated, MutBytes text,
                   std::span<const std::byte, kAeadTagSize> tag) noexcept {
    Place at(text);
    return Open{crypto_aead_chacha20poly1305_ietf_decrypt_detached(
                    at.start(), nullptr, at.start(), text.size(), raw(Bytes(tag)), raw(associated),
                    associated.size(), nonce_of(counter).data(), raw(key.bytes())) == 0};
}

void xseal_in_place(const Secret& key, std::span<const std::byte, kXNonceSize> nonce,
                    Bytes associated, MutBytes text,
                    std::span<std::byte, kAeadTagSize> tag) noexcept {
    Place at(text);
    crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
        at.start(), raw(MutBytes(tag)), nullptr, at.start(), text.size(), raw(associated),
        associated.size(), nullptr, raw(Bytes(nonce)), raw(key.bytes()));
}

Open xopen_in_place(const Secret& key, std::span<const std::byte, kXNonceSize> nonce,
                    Bytes associated, MutBytes text,
                    std::span<const std::byte, kAeadTagSize> tag) noexcept {
    Place at(text);
    return Open{crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
                    at.start(), nullptr, at.start(), text.size(), raw(Bytes(tag)), raw(associated),
                    associated.size(), raw(Bytes(nonce)), raw(key.bytes())) == 0};
}

}  // namespace fz::crypto
