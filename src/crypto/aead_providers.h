// What make_aead chooses from; a file per library.
#pragma once

#include <memory>

#include "crypto/aead_primitive.h"

namespace fz::crypto {

[[nodiscard]] std::unique_ptr<AeadPrimitive> make_sodium_aead();
[[nodiscard]] std::unique_ptr<AeadPrimitive> make_openssl_aead();
/// x86-64 only.
[[nodiscard]] std::unique_ptr<AeadPrimitive> make_ipsec_mb_aead();

}  // namespace fz::crypto
