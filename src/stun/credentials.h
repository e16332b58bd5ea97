// The keys of MESSAGE-INTEGRITY (RFC 8489 9.1.1, 9.2.2).
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "crypto/hash.h"

namespace fz::stun {

/// Short-term (ICE): the password's own bytes, borrowed.
[[nodiscard]] inline Bytes short_term_key(std::string_view password) noexcept {
    return as_bytes(password);
}

/// Long-term (TURN): MD5(username ":" realm ":" password). Names must already be prepared; ours are
/// ASCII, which OpaqueString leaves as it is.
[[nodiscard]] crypto::Digest16 long_term_key(std::string_view username, std::string_view realm,
                                             std::string_view password);

}  // namespace fz::stun
