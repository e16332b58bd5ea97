// The Internet checksum (RFC 1071), whole or adjusted to a changed field (RFC 1624).
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "wire/ip_addr.h"

namespace fz::wire {

/// A ones' complement sum built up piece by piece.
class InternetChecksum {
  public:
    /// Every piece but the last one has an even number of bytes; an odd last one is padded with
    /// zero.
    InternetChecksum& add(Bytes piece) noexcept;
    InternetChecksum& add(std::uint16_t word) noexcept;

    /// The value of the checksum field: 0xffff minus the folded sum, in host order.
    [[nodiscard]] std::uint16_t finish() const noexcept;

  private:
    std::uint64_t sum_ = 0;  // of words in the byte order of this machine (RFC 1071 2 B)
};

[[nodiscard]] std::uint16_t internet_checksum(Bytes bytes) noexcept;

/// The checksum of a TCP, UDP or ICMPv6 segment whose own checksum field is zero, over the pseudo
/// header of its family (RFC 9293 3.1, RFC 8200 8.1) and `segment`.
[[nodiscard]] std::uint16_t transport_checksum(const IpAddr& src, const IpAddr& dst,
                                               std::uint8_t protocol, Bytes segment) noexcept;

/// The checksum field after one word under it changed (RFC 1624 3, equation 3).
[[nodiscard]] std::uint16_t updated_checksum(std::uint16_t checksum, std::uint16_t before,
                                             std::uint16_t after) noexcept;
/// The same for a field of several words; both have the same, even, length.
[[nodiscard]] std::uint16_t updated_checksum(std::uint16_t checksum, Bytes before,
                                             Bytes after) noexcept;

}  // namespace fz::wire
