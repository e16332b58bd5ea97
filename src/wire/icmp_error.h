// ICMP errors: the two that a gateway answers with, and those that come back from the network.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/ip_packet.h"

namespace fz::wire {

/// Clients act on the exact type and code: `prohibited` makes them ask the portal for access again.
enum class IcmpAnswer : std::uint8_t {
    prohibited,       ///< ICMP 3/13 (RFC 1812 5.2.7.1), ICMPv6 1/1
    net_unreachable,  ///< ICMP 3/0, ICMPv6 1/3 (address unreachable)
};

/// Bytes of the longest error: an IPv6 header, an ICMPv6 header, 1200 bytes of quote.
inline constexpr std::size_t kMaxIcmpError = 40 + 8 + 1200;

/// Writes the ICMP error that refuses `offending`, from the destination it had to its source, and
/// returns the length.
///
/// Shape:  `space` holds at least kMaxIcmpError bytes and does not overlap `offending`. IPv4 quotes
///         the header and 8 bytes, IPv6 at most 1200 bytes. TTL 20, DF set.
/// Errors: 0 where no error may be sent (RFC 1122 3.2.2, RFC 4443 2.4 e): about an ICMP error, or
///         between addresses of which one is unspecified, multicast or broadcast. Upstream answers
///         those too; nobody relies on it, and two such gateways could answer each other.
[[nodiscard]] std::size_t make_icmp_error(IcmpAnswer answer, const IpPacketView& offending,
                                          MutBytes space) noexcept;

/// An ICMP error of the kinds that may enter a tunnel, with the packet it complains about.
struct IcmpError {
    enum class Kind : std::uint8_t { unreachable, packet_too_big, time_exceeded };

    Kind kind;
    std::uint8_t code;  ///< as on the wire, of the family of the packet
    IpAddr quoted_src;
    IpAddr quoted_dst;
    Flow quoted_flow;  ///< tcp, udp or echo_request
    Bytes quote;       ///< from the quoted IP header to the end of the packet

    /// Nothing unless the packet is ICMP destination unreachable (codes 0 to 15) or time exceeded
    /// (0, 1), or ICMPv6 destination unreachable (0 to 6), packet too big (0) or time exceeded
    /// (0, 1), and quotes a complete IP header followed by 4 bytes of TCP or UDP or by 8 bytes of
    /// an echo request. An IPv6 quote has no extension headers.
    [[nodiscard]] static std::optional<IcmpError> parse(const IpPacketView& packet) noexcept;
};

}  // namespace fz::wire
