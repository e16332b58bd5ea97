// HMAC-SHA256 (RFC 2104, FIPS 180-4), which derives a gateway's identity from its machine's.
#pragma once

#include "base/bytes.h"
#include "crypto/hash.h"

namespace fz::crypto {

[[nodiscard]] Digest32 hmac_sha256(Bytes key, Bytes text) noexcept;

}  // namespace fz::crypto
