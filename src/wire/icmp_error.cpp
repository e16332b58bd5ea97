#include "wire/icmp_error.h"

#include <algorithm>

#include "base/assert.h"
#include "wire/checksum.h"
#include "wire/header_fields.h"
#include "wire/ip_protocol.h"

namespace fz::wire {
namespace {

// RFC 792, RFC 4443 3: the second word is unused, or holds an MTU.
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |     Type      |     Code      |          Checksum             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
constexpr std::size_t kIcmpChecksumAt = 2;

constexpr std::uint8_t kHops = 20;
constexpr std::uint16_t kDontFragment = 0x4000;
constexpr std::size_t kV4QuotedPayload = 8;
constexpr std::size_t kV6Quote = kMaxIcmpError - kIpv6Header - kIcmpHeader;

bool names_one_host(const IpAddr& ip) noexcept {
    return !ip.is_unspecified() && !ip.is_multicast() && !ip.is_v4_broadcast();
}

bool may_be_answered(const IpPacketView& packet) noexcept {
    return packet.flow().kind != Flow::Kind::icmp_error && names_one_host(packet.src()) &&
           names_one_host(packet.dst());
}

void write_icmp(Writer& writer, std::uint8_t type, std::uint8_t code, Bytes quote) noexcept {
    writer.u8(type);
    writer.u8(code);
    writer.zeros(6);  // the checksum, filled in later; the unused word
    writer.bytes(quote);
}

std::size_t make_v4(std::uint8_t code, const IpPacketView& offending, MutBytes space) noexcept {
    const std::size_t quoted =
        std::min(offending.bytes().size(), offending.header_length() + kV4QuotedPayload);
    Writer writer(space);
    writer.be(std::uint16_t{0x4500});  // version 4, five words, TOS 0
    writer.be(static_cast<std::uint16_t>(kIpv4Header + kIcmpHeader + quoted));
    writer.be(std::uint16_t{0});  // identification
    writer.be(kDontFragment);
    writer.u8(kHops);
    writer.u8(protocol::kIcmp);
    writer.be(std::uint16_t{0});  // checksum
    writer.bytes(offending.dst().bytes());
    writer.bytes(offending.src().bytes());
    write_icmp(writer, icmp::kUnreachable, code, offending.bytes().first(quoted));
    FZ_ASSERT(writer.ok());

    const MutBytes header = writer.written().first(kIpv4Header);
    const MutBytes message = writer.written().subspan(kIpv4Header);
    store_be(header.data() + ipv4::kChecksumAt, internet_checksum(header));
    store_be(message.data() + kIcmpChecksumAt, internet_checksum(message));
    return writer.size();
}

std::size_t make_v6(std::uint8_t code, const IpPacketView& offending, MutBytes space) noexcept {
    const std::size_t quoted = std::min(offending.bytes().size(), kV6Quote);
    Writer writer(space);
    writer.be(std::uint32_t{0x60000000});  // version 6, traffic class 0, flow label 0
    writer.be(static_cast<std::uint16_t>(kIcmpHeader + quoted));
    writer.u8(protocol::kIcmpV6);
    writer.u8(kHops);
    writer.bytes(offending.dst().bytes());
    writer.bytes(offending.src().bytes());
    write_icmp(writer, icmpv6::kUnreachable, code, offending.bytes().first(quoted));
    FZ_ASSERT(writer.ok());

    const MutBytes message = writer.written().subspan(kIpv6Header);
    store_be(message.data() + kIcmpChecksumAt,
             transport_checksum(offending.dst(), offending.src(), protocol::kIcmpV6, message));
    return writer.size();
}

std::optional<IcmpError::Kind> kind_of(Family family, std::uint8_t type,
                                       std::uint8_t code) noexcept {
    using Kind = IcmpError::Kind;
    if (family == Family::v4) {
        if (type == icmp::kUnreachable && code <= 15) return Kind::unreachable;
        if (type == icmp::kTimeExceeded && code <= 1) return Kind::time_exceeded;
    } else {
        if (type == icmpv6::kUnreachable && code <= 6) return Kind::unreachable;
        if (type == icmpv6::kPacketTooBig && code == 0) return Kind::packet_too_big;
        if (type == icmpv6::kTimeExceeded && code <= 1) return Kind::time_exceeded;
    }
    return std::nullopt;
}

/// The start of a transport header in a quote, of which the rest may be missing.
std::optional<Flow> quoted_flow(Family family, std::uint8_t protocol, Reader rest) noexcept {
    if (protocol == protocol::kTcp || protocol == protocol::kUdp) {
        const auto src = rest.be<std::uint16_t>();
        const auto dst = rest.be<std::uint16_t>();
        if (!rest.ok()) return std::nullopt;
        return Flow{protocol == protocol::kTcp ? Flow::Kind::tcp : Flow::Kind::udp, src, dst};
    }
    const bool v4 = family == Family::v4;
    if (protocol != (v4 ? protocol::kIcmp : protocol::kIcmpV6)) return std::nullopt;
    const std::uint8_t type = rest.u8();
    const std::uint8_t code = rest.u8();
    rest.skip(2);  // checksum
    const auto id = rest.be<std::uint16_t>();
    rest.skip(2);  // sequence number
    const bool echo_request = type == (v4 ? icmp::kEchoRequest : icmpv6::kEchoRequest) && code == 0;
    if (!rest.ok() || !echo_request) return std::nullopt;
    return Flow{Flow::Kind::echo_request, id, id};
}

/// Fills in what the quote says about the packet that the error is about.
bool parse_quote(Family family, IcmpError& error) noexcept {
    Reader header(error.quote);
    const std::uint8_t first = header.u8();
    if (first >> 4 != (family == Family::v4 ? 4 : 6)) return false;
    std::uint8_t protocol = 0;
    if (family == Family::v4) {
        const std::size_t length = (first & std::size_t{0x0f}) * 4;
        header.skip(8);  // up to the time to live
        protocol = header.u8();
        header.skip(2);  // checksum
        const Bytes addresses = header.bytes(8);
        if (!header.ok() || length < kIpv4Header) return false;
        error.quoted_src = IpAddr::from_bytes(addresses.first(4));
        error.quoted_dst = IpAddr::from_bytes(addresses.last(4));
        header.skip(length - kIpv4Header);  // options
    } else {
        header.skip(5);  // up to the payload length
        protocol = header.u8();
        header.skip(1);  // hop limit
        const Bytes addresses = header.bytes(32);
        if (!header.ok()) return false;
        error.quoted_src = IpAddr::from_bytes(addresses.first(16));
        error.quoted_dst = IpAddr::from_bytes(addresses.last(16));
    }
    const auto flow = quoted_flow(family, protocol, header);
    if (!header.ok() || !flow) return false;
    error.quoted_flow = *flow;
    return true;
}

}  // namespace

std::size_t make_icmp_error(IcmpAnswer answer, const IpPacketView& offending,
                            MutBytes space) noexcept {
    if (!may_be_answered(offending)) return 0;
    const bool prohibited = answer == IcmpAnswer::prohibited;
    return offending.family() == Family::v4 ? make_v4(prohibited ? 13 : 0, offending, space)
                                            : make_v6(prohibited ? 1 : 3, offending, space);
}

std::optional<IcmpError> IcmpError::parse(const IpPacketView& packet) noexcept {
    if (packet.flow().kind != Flow::Kind::icmp_error) return std::nullopt;
    Reader header(packet.transport());
    const std::uint8_t type = header.u8();
    const std::uint8_t code = header.u8();
    header.skip(6);  // checksum; MTU or unused
    const auto kind = kind_of(packet.family(), type, code);
    if (!kind) return std::nullopt;
    IcmpError error{*kind, code, {}, {}, {}, header.rest()};
    if (!parse_quote(packet.family(), error)) return std::nullopt;
    return error;
}

}  // namespace fz::wire
