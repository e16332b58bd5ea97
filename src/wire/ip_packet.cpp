#include "wire/ip_packet.h"

#include "base/assert.h"
#include "wire/checksum.h"
#include "wire/header_fields.h"
#include "wire/ip_protocol.h"

namespace fz::wire {
namespace {

constexpr std::uint8_t version_of(std::uint8_t first_byte) noexcept { return first_byte >> 4; }

// RFC 791 3.1                                       RFC 8200 3
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |Version|  IHL  |Type of Service|          Total Length         |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         Identification        |Flags|      Fragment Offset    |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |  Time to Live |    Protocol   |         Header Checksum       |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |Version| Traffic Class |           Flow Label                  |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         Payload Length        |  Next Header  |   Hop Limit   |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

constexpr std::uint16_t kV6OffsetOrMore = 0xfff9;  // IPv6: the 13-bit offset and M

constexpr std::uint8_t kControlNextHeader = 0xff;
constexpr std::size_t kControlEventHeader = 8;

Flow icmp_flow(Family family, std::uint8_t type, std::uint8_t code, std::uint16_t id) noexcept {
    const bool v4 = family == Family::v4;
    if (code == 0 && type == (v4 ? icmp::kEchoRequest : icmpv6::kEchoRequest))
        return {Flow::Kind::echo_request, id, id};
    if (code == 0 && type == (v4 ? icmp::kEchoReply : icmpv6::kEchoReply))
        return {Flow::Kind::echo_reply, id, id};
    const bool error = v4 ? type == icmp::kUnreachable || type == icmp::kSourceQuench ||
                                type == icmp::kRedirect || type == icmp::kTimeExceeded ||
                                type == icmp::kParameterProblem
                          : type < icmpv6::kFirstInformational;
    return {error ? Flow::Kind::icmp_error : Flow::Kind::icmp_other, 0, 0};
}

std::optional<Flow> parse_tcp(Reader header) noexcept {
    constexpr std::size_t kShortest = 20;
    const std::size_t available = header.rest().size();
    const auto src = header.be<std::uint16_t>();
    const auto dst = header.be<std::uint16_t>();
    header.skip(8);  // sequence and acknowledgment numbers
    const std::size_t offset = std::size_t{header.u8()} >> 4 << 2;
    if (offset < kShortest || offset > available) return std::nullopt;
    return Flow{Flow::Kind::tcp, src, dst};
}

std::optional<Flow> parse_udp(Reader header) noexcept {
    const std::size_t available = header.rest().size();
    const auto src = header.be<std::uint16_t>();
    const auto dst = header.be<std::uint16_t>();
    const auto length = header.be<std::uint16_t>();
    header.skip(2);  // checksum
    if (!header.ok() || length != available) return std::nullopt;
    return Flow{Flow::Kind::udp, src, dst};
}

std::optional<Flow> parse_icmp(Family family, Reader header) noexcept {
    const std::uint8_t type = header.u8();
    const std::uint8_t code = header.u8();
    header.skip(2);  // checksum
    const auto id = header.be<std::uint16_t>();
    header.skip(2);  // sequence number
    if (!header.ok()) return std::nullopt;
    return icmp_flow(family, type, code, id);
}

}  // namespace

std::optional<std::size_t> ip_length(Bytes padded) noexcept {
    Reader header(padded);
    const std::uint8_t version = version_of(header.u8());
    header.skip(version == 4 ? 1 : 3);
    std::size_t length = header.be<std::uint16_t>();
    if (version == 6) length += kIpv6Header;
    if (!header.ok() || (version != 4 && version != 6) || length > padded.size())
        return std::nullopt;
    return length;
}

Expected<IpPacketView, ParseDrop> IpPacketView::parse(Bytes packet) noexcept {
    if (packet.size() > kMaxIpPacket) return Unexpected{ParseDrop::too_long};
    if (packet.empty()) return Unexpected{ParseDrop::bad_header};

    IpPacketView view;
    view.bytes_ = packet;
    const std::uint8_t version = version_of(std::to_integer<std::uint8_t>(packet[0]));
    std::optional<ParseDrop> drop = ParseDrop::bad_header;
    if (version == 4) drop = view.parse_v4(Reader(packet));
    if (version == 6) drop = view.parse_v6(Reader(packet));
    if (!drop) drop = view.parse_transport();
    if (drop) return Unexpected{*drop};
    return view;
}

std::optional<ParseDrop> IpPacketView::parse_v4(Reader header) noexcept {
    const std::size_t length = (header.u8() & std::size_t{0x0f}) * 4;
    traffic_class_ = header.u8();
    const auto total = header.be<std::uint16_t>();
    header.skip(2);  // identification
    const auto fragment = header.be<std::uint16_t>();
    header.skip(1);  // time to live
    protocol_ = header.u8();
    header.skip(2);  // checksum
    const Bytes src = header.bytes(4);
    const Bytes dst = header.bytes(4);
    if (!header.ok() || length < kIpv4Header) return ParseDrop::bad_header;
    if (total != bytes_.size() || length > bytes_.size()) return ParseDrop::bad_length;
    if ((fragment & ipv4::kMoreFragmentsOrOffset) != 0) return ParseDrop::fragment;

    src_ = IpAddr::from_bytes(src);
    dst_ = IpAddr::from_bytes(dst);
    header_length_ = static_cast<std::uint16_t>(length);
    transport_offset_ = header_length_;
    return std::nullopt;
}

std::optional<ParseDrop> IpPacketView::parse_v6(Reader header) noexcept {
    const auto first = header.be<std::uint16_t>();
    header.skip(2);  // flow label
    const auto payload = header.be<std::uint16_t>();
    protocol_ = header.u8();
    header.skip(1);  // hop limit
    const Bytes src = header.bytes(16);
    const Bytes dst = header.bytes(16);
    if (!header.ok()) return ParseDrop::bad_header;
    if (std::size_t{payload} + kIpv6Header != bytes_.size()) return ParseDrop::bad_length;

    traffic_class_ = static_cast<std::uint8_t>(first >> 4 & 0xff);
    src_ = IpAddr::from_bytes(src);
    dst_ = IpAddr::from_bytes(dst);
    header_length_ = kIpv6Header;
    transport_offset_ = kIpv6Header;
    return skip_extensions(header);
}

// RFC 8200 4. Only the packet's length bounds the chain; each header takes 8 bytes of it or more.
std::optional<ParseDrop> IpPacketView::skip_extensions(Reader rest) noexcept {
    for (bool first = true;; first = false) {
        const bool authentication = protocol_ == protocol::kAuthentication;
        const bool fragment = protocol_ == protocol::kFragment;
        if (protocol_ == protocol::kHopByHop && !first) return ParseDrop::bad_extension;
        if (!authentication && !fragment && protocol_ != protocol::kHopByHop &&
            protocol_ != protocol::kRouting && protocol_ != protocol::kDestinationOptions)
            return std::nullopt;

        const std::uint8_t next = rest.u8();
        const std::size_t units = rest.u8();
        const auto offset = rest.be<std::uint16_t>();  // meaningful in a fragment header only
        // RFC 4302 2.2 counts 4-byte units minus 2, RFC 8200 8-byte units minus 1.
        const std::size_t length = fragment         ? 8
                                   : authentication ? (units + 2) * 4
                                                    : (units + 1) * 8;
        if (length < 8) return ParseDrop::bad_extension;
        rest.skip(length - 4);
        if (!rest.ok()) return ParseDrop::bad_extension;
        if (fragment && (offset & kV6OffsetOrMore) != 0) return ParseDrop::fragment;

        protocol_ = next;
        transport_offset_ = static_cast<std::uint16_t>(transport_offset_ + length);
    }
}

std::optional<ParseDrop> IpPacketView::parse_transport() noexcept {
    const bool v4 = family() == Family::v4;
    if (protocol_ == (v4 ? protocol::kIcmpV6 : protocol::kIcmp)) return ParseDrop::family_mismatch;

    std::optional<Flow> flow = Flow{};
    if (protocol_ == protocol::kTcp) flow = parse_tcp(Reader(transport()));
    if (protocol_ == protocol::kUdp) flow = parse_udp(Reader(transport()));
    if (protocol_ == (v4 ? protocol::kIcmp : protocol::kIcmpV6))
        flow = parse_icmp(family(), Reader(transport()));
    if (!flow) return ParseDrop::bad_transport;
    flow_ = *flow;
    return std::nullopt;
}

bool IpPacketView::is_firezone_control() const noexcept {
    return family() == Family::v6 && src_.is_unspecified() && dst_.is_unspecified() &&
           bytes_[ipv6::kNextHeaderAt] == std::byte{kControlNextHeader} &&
           bytes_.size() >= kIpv6Header + kControlEventHeader;
}

void set_ecn(MutBytes packet, Ecn ecn) noexcept {
    FZ_ASSERT(packet.size() >= kIpv4Header);
    const auto before = load_be<std::uint16_t>(packet.data());
    const auto bits = static_cast<unsigned>(ecn);
    if (version_of(std::to_integer<std::uint8_t>(packet[0])) == 6) {
        store_be(packet.data(), static_cast<std::uint16_t>((before & ~0x30u) | bits << 4));
        return;
    }
    const auto after = static_cast<std::uint16_t>((before & ~0x03u) | bits);
    std::byte* checksum = packet.data() + ipv4::kChecksumAt;
    store_be(packet.data(), after);
    store_be(checksum, updated_checksum(load_be<std::uint16_t>(checksum), before, after));
}

}  // namespace fz::wire
