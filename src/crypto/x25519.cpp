#include "crypto/x25519.h"

#include <sodium.h>

#include <utility>

#include "crypto/raw.h"

namespace fz::crypto {

static_assert(kKeySize == crypto_scalarmult_curve25519_BYTES);
static_assert(kKeySize == crypto_scalarmult_curve25519_SCALARBYTES);

PublicKey public_key_of(const PrivateKey& key) noexcept {
    PublicKey result;
    crypto_scalarmult_curve25519_base(raw(MutBytes(result.bytes)), raw(key.bytes()));
    return result;
}

KeyPair generate_key_pair(Random& random) noexcept {
    KeyPair pair;
    pair.private_key = random.secret();
    pair.public_key = public_key_of(pair.private_key);
    return pair;
}

std::optional<Secret> x25519(const PrivateKey& ours, const PublicKey& theirs) noexcept {
    Secret shared;
    if (crypto_scalarmult_curve25519(raw(shared.bytes()), raw(ours.bytes()),
                                     raw(Bytes(theirs.bytes))) != 0)
        return std::nullopt;
    return shared;
}

}  // namespace fz::crypto
