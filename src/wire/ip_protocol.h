// The numbers of an IP header's protocol field and of ICMP's type field that a gateway tells apart.
#pragma once

#include <cstdint>

namespace fz::wire {

/// IPv4 Protocol and IPv6 Next Header (IANA, Assigned Internet Protocol Numbers).
namespace protocol {
inline constexpr std::uint8_t kHopByHop = 0;
inline constexpr std::uint8_t kIcmp = 1;
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint8_t kUdp = 17;
inline constexpr std::uint8_t kRouting = 43;
inline constexpr std::uint8_t kFragment = 44;
inline constexpr std::uint8_t kAuthentication = 51;
inline constexpr std::uint8_t kIcmpV6 = 58;
inline constexpr std::uint8_t kDestinationOptions = 60;
}  // namespace protocol

/// RFC 792.
namespace icmp {
inline constexpr std::uint8_t kEchoReply = 0;
inline constexpr std::uint8_t kUnreachable = 3;
inline constexpr std::uint8_t kSourceQuench = 4;
inline constexpr std::uint8_t kRedirect = 5;
inline constexpr std::uint8_t kEchoRequest = 8;
inline constexpr std::uint8_t kTimeExceeded = 11;
inline constexpr std::uint8_t kParameterProblem = 12;
}  // namespace icmp

/// RFC 4443; the types below 128 are errors.
namespace icmpv6 {
inline constexpr std::uint8_t kUnreachable = 1;
inline constexpr std::uint8_t kPacketTooBig = 2;
inline constexpr std::uint8_t kTimeExceeded = 3;
inline constexpr std::uint8_t kFirstInformational = 128;
inline constexpr std::uint8_t kEchoRequest = 128;
inline constexpr std::uint8_t kEchoReply = 129;
}  // namespace icmpv6

inline constexpr std::uint8_t kIcmpHeader = 8;   ///< bytes: type, code, checksum, second word
inline constexpr std::uint8_t kIpv4Header = 20;  ///< bytes, without options
inline constexpr std::uint8_t kIpv6Header = 40;  ///< bytes, without extension headers

}  // namespace fz::wire
