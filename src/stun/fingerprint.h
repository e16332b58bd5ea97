// FINGERPRINT's checksum: CRC-32 of ISO/IEC 3309, XORed so that it differs from other users' CRC.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "base/bytes.h"

namespace fz::stun {

/// The attribute's value over the concatenation of `parts` (RFC 8489 14.7).
[[nodiscard]] std::uint32_t fingerprint_of(std::initializer_list<Bytes> parts) noexcept;

}  // namespace fz::stun
