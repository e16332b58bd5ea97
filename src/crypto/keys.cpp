#include "crypto/keys.h"

#include <sodium.h>

#include <algorithm>

#include "base/assert.h"
#include "crypto/hash.h"
#include "crypto/raw.h"

namespace fz::crypto {

namespace {

[[nodiscard]] bool decode_key(std::string_view text, MutBytes key) noexcept {
    std::size_t size = 0;
    return sodium_base642bin(raw(key), key.size(), text.data(), text.size(), nullptr, &size,
                             nullptr, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           size == key.size();
}

}  // namespace

std::optional<PublicKey> PublicKey::from_base64(std::string_view text) noexcept {
    PublicKey key;
    if (!decode_key(text, key.bytes)) return std::nullopt;
    return key;
}

std::string PublicKey::to_base64() const { return crypto::to_base64(bytes); }

Secret::Secret(Bytes thirty_two_bytes) noexcept {
    FZ_ASSERT(thirty_two_bytes.size() == bytes_.size());
    std::copy(thirty_two_bytes.begin(), thirty_two_bytes.end(), bytes_.begin());
}

Secret::~Secret() { sodium_memzero(bytes_.data(), bytes_.size()); }

std::optional<Secret> Secret::from_base64(std::string_view text) noexcept {
    Secret secret;
    if (!decode_key(text, secret.bytes_)) return std::nullopt;
    return secret;
}

bool operator==(const Secret& a, const Secret& b) noexcept {
    return equal_constant_time(a.bytes_, b.bytes_);
}

}  // namespace fz::crypto
