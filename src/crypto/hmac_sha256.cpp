#include "crypto/hmac_sha256.h"

#include <sodium.h>

#include "crypto/raw.h"

namespace fz::crypto {

Digest32 hmac_sha256(Bytes key, Bytes text) noexcept {
    Digest32 digest;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, raw(key), key.size());
    crypto_auth_hmacsha256_update(&state, raw(text), text.size());
    crypto_auth_hmacsha256_final(&state, raw(MutBytes(digest)));
    return digest;
}

}  // namespace fz::crypto
