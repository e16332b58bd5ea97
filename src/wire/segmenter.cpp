#include "wire/segmenter.h"

#include <algorithm>

#include "base/assert.h"
#include "base/endian.h"
#include "wire/header_fields.h"
#include "wire/ip_protocol.h"

namespace fz::wire {

Expected<Segmenter, ParseDrop> Segmenter::create(const SuperPacket& packet) noexcept {
    Segmenter segmenter(packet.bytes);
    if (const auto drop = segmenter.parse(packet.offload)) return Unexpected{*drop};
    return segmenter;
}

bool Segmenter::is_v4() const noexcept { return byte_at(header_, 0) >> 4 == 4; }

std::optional<ParseDrop> Segmenter::parse(const Offload& offload) noexcept {
    if (offload.kind == Offload::Kind::none)
        return offload.needs_checksum ? finish_checksum(offload) : std::nullopt;

    if (const auto drop = parse_ip()) return drop;
    const bool tcp = protocol_ == protocol::kTcp;
    const auto kind = !tcp      ? Offload::Kind::udp
                      : is_v4() ? Offload::Kind::tcp_v4
                                : Offload::Kind::tcp_v6;
    if ((!tcp && protocol_ != protocol::kUdp) || kind != offload.kind)
        return ParseDrop::bad_transport;
    const Bytes transport = Bytes(packet_).subspan(ip_size_);
    if (transport.size() < (tcp ? tcp::kHeader : udp::kHeader)) return ParseDrop::bad_transport;
    const std::size_t size =
        tcp ? std::size_t{byte_at(transport, tcp::kOffsetAt)} >> 4 << 2 : udp::kHeader;
    if (size < (tcp ? tcp::kHeader : udp::kHeader) || size > transport.size())
        return ParseDrop::bad_transport;

    header_size_ = ip_size_ + size;
    segment_size_ = offload.segment_size;
    const std::size_t payload = packet_.size() - header_size_;
    if (segment_size_ == 0) return ParseDrop::bad_length;
    count_ = std::max<std::size_t>(1, (payload + segment_size_ - 1) / segment_size_);
    if (count_ > kMaxSegments) return ParseDrop::bad_length;
    std::copy_n(packet_.begin(), header_size_, header_.begin());
    const std::size_t at = is_v4() ? ipv4::kAddressesAt : ipv6::kAddressesAt;
    pseudo_.add(Bytes(header_).subspan(at, is_v4() ? 8 : 32)).add(std::uint16_t{protocol_});
    return std::nullopt;
}

std::optional<ParseDrop> Segmenter::parse_ip() noexcept {
    if (packet_.size() < kIpv4Header) return ParseDrop::bad_header;
    std::copy_n(packet_.begin(), std::min(packet_.size(), kMaxHeader), header_.begin());
    if (is_v4()) {
        ip_size_ = (byte_at(packet_, 0) & std::size_t{0x0f}) * 4;
        protocol_ = byte_at(packet_, ipv4::kProtocolAt);
        const auto fragment = load_be<std::uint16_t>(packet_.data() + ipv4::kFragmentAt);
        if (ip_size_ < kIpv4Header || ip_size_ > packet_.size()) return ParseDrop::bad_header;
        if ((fragment & ipv4::kMoreFragmentsOrOffset) != 0) return ParseDrop::fragment;
        if (load_be<std::uint16_t>(packet_.data() + ipv4::kLengthAt) != packet_.size())
            return ParseDrop::bad_length;
        return std::nullopt;
    }
    if (byte_at(packet_, 0) >> 4 != 6 || packet_.size() < kIpv6Header) return ParseDrop::bad_header;
    // The kernel does not segment behind extension headers.
    ip_size_ = kIpv6Header;
    protocol_ = byte_at(packet_, ipv6::kNextHeaderAt);
    if (load_be<std::uint16_t>(packet_.data() + ipv6::kLengthAt) + ip_size_ != packet_.size())
        return ParseDrop::bad_length;
    return std::nullopt;
}

std::optional<ParseDrop> Segmenter::finish_checksum(const Offload& offload) noexcept {
    const std::size_t start = offload.checksum_start;
    const std::size_t field = start + offload.checksum_offset;
    if (start % 2 != 0 || field + 2 > packet_.size()) return ParseDrop::bad_transport;
    // The field holds the pseudo header's sum, which is thereby part of this one.
    const std::uint16_t sum = internet_checksum(Bytes(packet_).subspan(start));
    const bool udp = offload.checksum_offset == udp::kChecksumAt;
    put16(packet_, field, udp && sum == 0 ? 0xffff : sum);
    return std::nullopt;
}

MutBytes Segmenter::next() noexcept {
    FZ_ASSERT(!done());
    const std::size_t index = made_++;
    if (header_size_ == 0) return packet_;
    const std::size_t begin = index * segment_size_;  // of the header; its payload follows
    const std::size_t end = std::min(header_size_ + begin + segment_size_, packet_.size());
    const MutBytes segment = packet_.subspan(begin, end - begin);
    std::copy_n(header_.begin(), header_size_, segment.begin());
    write_ip(segment, segment.size());
    write_transport(segment.subspan(ip_size_));
    return segment;
}

void Segmenter::write_ip(MutBytes header, std::size_t packet_size) const noexcept {
    if (!is_v4()) return put16(header, ipv6::kLengthAt, packet_size - kIpv6Header);
    const auto first = load_be<std::uint16_t>(header_.data() + ipv4::kIdentificationAt);
    put16(header, ipv4::kLengthAt, packet_size);
    put16(header, ipv4::kIdentificationAt, first + made_ - 1);
    put16(header, ipv4::kChecksumAt, 0);
    put16(header, ipv4::kChecksumAt, internet_checksum(header.first(ip_size_)));
}

void Segmenter::write_transport(MutBytes segment) const noexcept {
    const bool tcp = protocol_ == protocol::kTcp;
    const std::size_t checksum_at = tcp ? tcp::kChecksumAt : udp::kChecksumAt;
    if (tcp) {
        std::byte* sequence = segment.data() + tcp::kSequenceAt;
        const std::size_t before = (made_ - 1) * segment_size_;
        store_be(sequence, static_cast<std::uint32_t>(load_be<std::uint32_t>(sequence) + before));
        if (!done()) segment[tcp::kFlagsAt] &= ~std::byte{tcp::kFin | tcp::kPsh};
        if (made_ > 1) segment[tcp::kFlagsAt] &= ~std::byte{tcp::kCwr};
    } else {
        put16(segment, udp::kLengthAt, segment.size());
    }
    put16(segment, checksum_at, 0);
    InternetChecksum sum = pseudo_;
    const std::uint16_t value =
        sum.add(static_cast<std::uint16_t>(segment.size())).add(segment).finish();
    put16(segment, checksum_at, !tcp && value == 0 ? 0xffff : value);
}

}  // namespace fz::wire
