// The value of an XOR-...-ADDRESS attribute (RFC 8489 14.2).
#pragma once

#include <array>
#include <optional>

#include "base/bytes.h"
#include "stun/transaction_id.h"
#include "wire/ip_addr.h"

namespace fz::stun {

/// The family octet of address attributes: 1 for IPv4, 2 for IPv6.
[[nodiscard]] std::uint8_t family_octet(wire::Family family) noexcept;
[[nodiscard]] std::optional<wire::Family> family_of_octet(std::uint8_t octet) noexcept;

inline constexpr std::size_t kMaxAddressValue = 20;  ///< bytes: 4 and an IPv6 address

/// Writes the value into `space` (at least kMaxAddressValue bytes); returns what was written.
Bytes encode_xor_address(MutBytes space, const wire::SocketAddr& address,
                         const TransactionId& id) noexcept;
/// Nothing if the family is unknown or the size does not fit it.
[[nodiscard]] std::optional<wire::SocketAddr> decode_xor_address(Bytes value,
                                                                 const TransactionId& id) noexcept;

}  // namespace fz::stun
