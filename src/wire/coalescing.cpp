#include "wire/coalescing.h"

#include <algorithm>

#include "base/endian.h"
#include "wire/checksum.h"
#include "wire/header_fields.h"
#include "wire/ip_protocol.h"

namespace fz::wire {
namespace {

constexpr std::size_t kMaxPacket = 65535;  // bytes, headers included

std::uint16_t be16_at(Bytes bytes, std::size_t at) noexcept {
    return load_be<std::uint16_t>(bytes.data() + at);
}
std::uint32_t be32_at(Bytes bytes, std::size_t at) noexcept {
    return load_be<std::uint32_t>(bytes.data() + at);
}
bool same_bytes(Bytes a, Bytes b, std::size_t from, std::size_t size) noexcept {
    return std::memcmp(a.data() + from, b.data() + from, size) == 0;
}

/// Where the addresses lie; the ports follow behind the IP header.
struct Addresses {
    std::size_t at;
    std::size_t size;
};
constexpr Addresses addresses(bool v4) noexcept {
    return v4 ? Addresses{ipv4::kAddressesAt, 8} : Addresses{ipv6::kAddressesAt, 32};
}

/// The sum of the pseudo header for `transport_size` bytes, ready to be finished.
InternetChecksum pseudo_sum(Bytes header, bool v4, std::uint8_t protocol,
                            std::size_t transport_size) noexcept {
    const auto [at, size] = addresses(v4);
    InternetChecksum sum;
    sum.add(header.subspan(at, size))
        .add(std::uint16_t{protocol})
        .add(static_cast<std::uint16_t>(transport_size));
    return sum;
}

/// Both count modulo 2^32 (RFC 9293 3.4, RFC 7323 5.2).
bool is_behind(std::uint32_t a, std::uint32_t b) noexcept {
    return static_cast<std::int32_t>(a - b) < 0;
}

/// Nothing but a timestamp, laid out as all systems do (RFC 7323 appendix A).
bool has_plain_options(Bytes header) noexcept {
    constexpr std::uint32_t kNopNopTimestamp = 0x0101080a;
    return header.size() == tcp::kHeader || (header.size() == tcp::kHeaderWithTimestamp &&
                                             be32_at(header, tcp::kHeader) == kNopNopTimestamp);
}

std::uint8_t protocol_of(const Segment& segment) noexcept {
    return segment.kind == Offload::Kind::udp ? protocol::kUdp : protocol::kTcp;
}

}  // namespace

Segment Segment::of(Bytes packet) noexcept {
    const bool v4 = !packet.empty() && byte_at(packet, 0) >> 4 == 4;
    const std::size_t ip = v4 ? kIpv4Header : kIpv6Header;
    if (packet.size() < ip) return {.packet = packet};
    const std::uint8_t protocol = byte_at(packet, v4 ? ipv4::kProtocolAt : ipv6::kNextHeaderAt);
    const bool behind_extensions =
        !v4 && (protocol == protocol::kHopByHop || protocol == protocol::kRouting ||
                protocol == protocol::kFragment || protocol == protocol::kAuthentication ||
                protocol == protocol::kDestinationOptions);
    if ((v4 && byte_at(packet, 0) != 0x45) || behind_extensions)
        return {.packet = packet, .fit = Fit::unknown_flow};

    const Bytes transport = packet.subspan(ip);
    Segment segment{.packet = packet, .ip_size = static_cast<std::uint16_t>(ip)};
    if (protocol == protocol::kUdp) {
        if (transport.size() < udp::kHeader) return {.packet = packet};
        const bool mergeable =
            transport.size() > udp::kHeader && be16_at(transport, udp::kChecksumAt) != 0;
        segment.fit = mergeable ? Fit::mergeable : Fit::alone;
        segment.kind = Offload::Kind::udp;
        segment.header_size = static_cast<std::uint16_t>(ip + udp::kHeader);
    } else if (protocol == protocol::kTcp) {
        if (transport.size() < tcp::kHeader) return {.packet = packet};
        const std::size_t size = std::size_t{byte_at(transport, tcp::kOffsetAt)} >> 4 << 2;
        const std::uint8_t flags = byte_at(transport, tcp::kFlagsAt);
        constexpr std::uint8_t kRare = tcp::kSyn | tcp::kRst | tcp::kUrg | tcp::kCwr;
        segment.fit = Fit::alone;
        if (size < transport.size() && (flags & kRare) == 0 && (flags & tcp::kAck) != 0)
            segment.fit = Fit::mergeable;
        if (size == transport.size() && flags == tcp::kAck && has_plain_options(transport))
            segment.fit = Fit::acknowledgment;
        segment.kind = v4 ? Offload::Kind::tcp_v4 : Offload::Kind::tcp_v6;
        segment.header_size = static_cast<std::uint16_t>(ip + size);
    }
    return segment;
}

std::uint32_t Segment::flow_hash() const noexcept {
    const auto [at, size] = addresses(is_v4());
    std::uint64_t hash = be32_at(packet, ip_size);  // the ports
    for (std::size_t i = 0; i < size; i += 4)
        hash = (hash ^ be32_at(packet, at + i)) * 0x9e3779b97f4a7c15;
    return static_cast<std::uint32_t>(hash >> 32);
}

bool Segment::checksum_is_right() const noexcept {
    const Bytes transport = packet.subspan(ip_size);
    return pseudo_sum(packet, is_v4(), protocol_of(*this), transport.size())
               .add(transport)
               .finish() == 0;
}

MergedHeader::MergedHeader(const Segment& first) noexcept
    : first_(first), open_(first.fit == Segment::Fit::mergeable) {
    if (!open_) return;
    payload_ = first.payload().size();
    if (first.kind == Offload::Kind::udp) return;
    last_flags_ = byte_at(first.packet, first.ip_size + tcp::kFlagsAt) & (tcp::kFin | tcp::kPsh);
    if (last_flags_ != 0) close();
}

bool MergedHeader::same_flow(const Segment& segment) const noexcept {
    if (segment.kind != first_.kind || segment.ip_size != first_.ip_size) return false;
    const auto [at, size] = addresses(segment.is_v4());
    return same_bytes(first_.packet, segment.packet, at, size) &&
           same_bytes(first_.packet, segment.packet, segment.ip_size, 4);
}

bool MergedHeader::same_ip(const Segment& segment) const noexcept {
    const Bytes a = first_.packet;
    const Bytes b = segment.packet;
    if (!segment.is_v4())  // version, traffic class and flow label; hop limit
        return same_bytes(a, b, 0, 4) && same_bytes(a, b, ipv6::kHopLimitAt, 1);
    if (!same_bytes(a, b, ipv4::kTosAt, 1) || !same_bytes(a, b, ipv4::kTtlAt, 1) ||
        !same_bytes(a, b, ipv4::kFragmentAt, 2))
        return false;
    // The kernel numbers segments one by one. Without DF that must be what the sender did; with it
    // the number means nothing (RFC 6864 4.1).
    const auto expected =
        static_cast<std::uint16_t>(be16_at(a, ipv4::kIdentificationAt) + segments_);
    return (be16_at(a, ipv4::kFragmentAt) & ipv4::kDontFragment) != 0 ||
           be16_at(b, ipv4::kIdentificationAt) == expected;
}

bool MergedHeader::continues_tcp(const Segment& segment) const noexcept {
    const Bytes a = first_.packet.subspan(first_.ip_size);
    const Bytes b = segment.packet.subspan(segment.ip_size);
    const auto next = static_cast<std::uint32_t>(be32_at(a, tcp::kSequenceAt) + payload_);
    const std::uint8_t ends = tcp::kFin | tcp::kPsh;  // may come with the last segment
    const auto differ =
        static_cast<std::uint8_t>(byte_at(a, tcp::kFlagsAt) ^ byte_at(b, tcp::kFlagsAt));
    const std::size_t options = first_.header_size - first_.ip_size - tcp::kHeader;
    return segment.header_size == first_.header_size && be32_at(b, tcp::kSequenceAt) == next &&
           same_bytes(a, b, tcp::kAcknowledgmentAt, 4) && (differ & ~ends) == 0 &&
           same_bytes(a, b, tcp::kHeader, options);
}

bool MergedHeader::join(const Segment& segment) noexcept {
    const std::size_t size = segment.payload().size();
    const std::size_t full = first_.payload().size();
    if (!open_ || segment.fit != Segment::Fit::mergeable || segments_ == kMaxSegments ||
        size > full || first_.header_size + payload_ + size > kMaxPacket || !same_ip(segment))
        return false;
    const bool tcp = first_.kind != Offload::Kind::udp;
    if (tcp && !continues_tcp(segment)) return false;
    if (!first_verified_ && !first_.checksum_is_right()) return close(), false;
    first_verified_ = true;
    if (!segment.checksum_is_right()) return false;

    ++segments_;
    payload_ += size;
    if (tcp)
        last_flags_ =
            byte_at(segment.packet, segment.ip_size + tcp::kFlagsAt) & (tcp::kFin | tcp::kPsh);
    if (size < full || last_flags_ != 0) close();
    return true;
}

bool MergedHeader::replace(const Segment& later) noexcept {
    if (first_.fit != Segment::Fit::acknowledgment || later.fit != first_.fit ||
        later.header_size != first_.header_size || !same_ip(later))
        return false;
    const Bytes a = first_.packet.subspan(first_.ip_size);
    const Bytes b = later.packet.subspan(later.ip_size);
    if (!same_bytes(a, b, tcp::kSequenceAt, 4) ||
        !is_behind(be32_at(a, tcp::kAcknowledgmentAt), be32_at(b, tcp::kAcknowledgmentAt)))
        return false;
    const bool timestamped = a.size() > tcp::kHeader;
    if (timestamped && (is_behind(be32_at(b, tcp::kTimestampAt), be32_at(a, tcp::kTimestampAt)) ||
                        is_behind(be32_at(b, tcp::kEchoedAt), be32_at(a, tcp::kEchoedAt))))
        return false;
    if (!later.checksum_is_right()) return false;  // it would be dropped, and both be lost
    first_ = later;
    return true;
}

Offload MergedHeader::offload() const noexcept {
    if (segments_ == 1) return {};
    const bool tcp = first_.kind != Offload::Kind::udp;
    return {
        .kind = first_.kind,
        .segment_size = static_cast<std::uint16_t>(first_.payload().size()),
        .header_length = first_.header_size,
        .needs_checksum = true,
        .checksum_start = first_.ip_size,
        .checksum_offset = static_cast<std::uint16_t>(tcp ? tcp::kChecksumAt : udp::kChecksumAt)};
}

Bytes MergedHeader::write() noexcept {
    const MutBytes header = MutBytes(bytes_).first(first_.header_size);
    std::copy_n(first_.packet.begin(), header.size(), header.begin());
    const std::size_t ip = first_.ip_size;
    const std::size_t transport_size = header.size() - ip + payload_;
    if (first_.is_v4()) {
        put16(header, ipv4::kLengthAt, ip + transport_size);
        put16(header, ipv4::kChecksumAt, 0);
        put16(header, ipv4::kChecksumAt, internet_checksum(header.first(ip)));
    } else {
        put16(header, ipv6::kLengthAt, transport_size);
    }
    const MutBytes transport = header.subspan(ip);
    const bool tcp = first_.kind != Offload::Kind::udp;
    if (tcp) {
        transport[tcp::kFlagsAt] |= std::byte{last_flags_};
    } else {
        put16(transport, udp::kLengthAt, transport_size);
    }
    const auto unfinished = static_cast<std::uint16_t>(
        ~pseudo_sum(header, first_.is_v4(), protocol_of(first_), transport_size).finish());
    put16(transport, tcp ? tcp::kChecksumAt : udp::kChecksumAt, unfinished);
    return header;
}

}  // namespace fz::wire
