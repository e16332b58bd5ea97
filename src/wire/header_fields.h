// Where the fields of IP, TCP and UDP headers lie, for code that rewrites or compares them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/endian.h"

namespace fz::wire {

[[nodiscard]] inline std::uint8_t byte_at(Bytes bytes, std::size_t at) noexcept {
    return std::to_integer<std::uint8_t>(bytes[at]);
}
/// A 16-bit field in network byte order; `value` is cut to it.
inline void put16(MutBytes bytes, std::size_t at, std::size_t value) noexcept {
    store_be(bytes.data() + at, static_cast<std::uint16_t>(value));
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |          Source Port          |       Destination Port        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                        Sequence Number                        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                    Acknowledgment Number                      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Offset|Reservd|C|E|U|A|P|R|S|F|            Window             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |           Checksum            |         Urgent Pointer        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
namespace tcp {
inline constexpr std::size_t kHeader = 20;  ///< bytes, without options
inline constexpr std::size_t kSequenceAt = 4;
inline constexpr std::size_t kAcknowledgmentAt = 8;
inline constexpr std::size_t kOffsetAt = 12;
inline constexpr std::size_t kFlagsAt = 13;
inline constexpr std::size_t kChecksumAt = 16;
// Behind NOP, NOP, kind and length of the timestamp option (RFC 7323 appendix A), if it is the only
// one.
inline constexpr std::size_t kTimestampAt = 24;
inline constexpr std::size_t kEchoedAt = 28;
inline constexpr std::size_t kHeaderWithTimestamp = 32;

inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kPsh = 0x08;
inline constexpr std::uint8_t kAck = 0x10;
inline constexpr std::uint8_t kUrg = 0x20;
inline constexpr std::uint8_t kEce = 0x40;  ///< RFC 3168 6.1
inline constexpr std::uint8_t kCwr = 0x80;
}  // namespace tcp

/// RFC 768.
namespace udp {
inline constexpr std::size_t kHeader = 8;
inline constexpr std::size_t kLengthAt = 4;
inline constexpr std::size_t kChecksumAt = 6;
}  // namespace udp

/// RFC 791 3.1.
namespace ipv4 {
inline constexpr std::size_t kTosAt = 1;
inline constexpr std::size_t kLengthAt = 2;
inline constexpr std::size_t kIdentificationAt = 4;
inline constexpr std::size_t kFragmentAt = 6;
inline constexpr std::size_t kTtlAt = 8;
inline constexpr std::size_t kProtocolAt = 9;
inline constexpr std::size_t kChecksumAt = 10;
inline constexpr std::size_t kAddressesAt = 12;
inline constexpr std::uint16_t kDontFragment = 0x4000;
inline constexpr std::uint16_t kMoreFragmentsOrOffset = 0x3fff;  ///< MF, and the 13-bit offset
}  // namespace ipv4

/// RFC 8200 3.
namespace ipv6 {
inline constexpr std::size_t kLengthAt = 4;
inline constexpr std::size_t kNextHeaderAt = 6;
inline constexpr std::size_t kHopLimitAt = 7;
inline constexpr std::size_t kAddressesAt = 8;
}  // namespace ipv6

}  // namespace fz::wire
