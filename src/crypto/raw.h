// Our bytes as the C libraries want them; for this folder's own use.
#pragma once

#include "base/bytes.h"

namespace fz::crypto {

[[nodiscard]] inline const unsigned char* raw(Bytes bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
[[nodiscard]] inline unsigned char* raw(MutBytes bytes) noexcept {
    return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace fz::crypto
