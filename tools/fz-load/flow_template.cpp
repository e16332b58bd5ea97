#include "flow_template.h"

#include <cstring>

#include "wire/checksum.h"
#include "wire/ip_protocol.h"

namespace fz::load {
namespace {

constexpr std::size_t kLengthAt = 2;        ///< IPv4 total length
constexpr std::size_t kIpChecksumAt = 10;   ///< IPv4 header checksum
constexpr std::size_t kSequenceAt = 4;      ///< from the TCP header
constexpr std::size_t kTcpChecksumAt = 16;  ///< from the TCP header
constexpr std::size_t kUdpLengthAt = 4;     ///< from the UDP header
constexpr std::size_t kUdpChecksumAt = 6;   ///< from the UDP header

constexpr std::uint8_t protocol_of(Traffic traffic) noexcept {
    return is_tcp(traffic) ? wire::protocol::kTcp : wire::protocol::kUdp;
}

/// RFC 791 3.1
void write_ip_header(Writer& out, Traffic traffic, const wire::IpAddr& source,
                     const wire::IpAddr& destination) {
    out.u8(0x45);  // version 4, five words
    out.u8(0);
    out.be(static_cast<std::uint16_t>(packet_size(traffic)));
    out.be(std::uint16_t{0});       // identification: without meaning under DF (RFC 6864 4.1)
    out.be(std::uint16_t{0x4000});  // DF
    out.u8(64);                     // TTL
    out.u8(protocol_of(traffic));
    out.be(std::uint16_t{0});
    out.bytes(source.bytes());
    out.bytes(destination.bytes());
}

/// RFC 9293 3.1 or RFC 768
void write_transport_header(Writer& out, Traffic traffic, std::uint16_t source_port,
                            std::uint16_t destination_port) {
    out.be(source_port);
    out.be(destination_port);
    if (!is_tcp(traffic)) {
        out.be(static_cast<std::uint16_t>(packet_size(traffic) - kIpHeader));
        out.be(std::uint16_t{0});
        return;
    }
    out.be(std::uint32_t{0});       // sequence number
    out.be(std::uint32_t{1});       // acknowledgement number
    out.be(std::uint16_t{0x5010});  // five words, ACK
    out.be(std::uint16_t{0xffff});  // window
    out.be(std::uint16_t{0});       // checksum
    out.be(std::uint16_t{0});       // urgent pointer
}

}  // namespace

FlowTemplate::FlowTemplate(Traffic traffic, const wire::SocketAddr& source,
                           const wire::SocketAddr& destination)
    : traffic_(traffic),
      source_(source.ip),
      destination_(destination.ip),
      zero_(packet_size(traffic)) {
    Writer out(zero_);
    write_ip_header(out, traffic, source_, destination_);
    write_transport_header(out, traffic, source.port, destination.port);
    out.zeros(kNumberSize);
    for (std::size_t i = out.size(); i < zero_.size(); ++i)
        zero_[i] = static_cast<std::byte>(i & 0xff);
    store_be(zero_.data() + kIpChecksumAt, wire::internet_checksum(Bytes(zero_).first(kIpHeader)));
    store_be(zero_.data() + checksum_at(),
             wire::transport_checksum(source_, destination_, protocol_of(traffic),
                                      Bytes(zero_).subspan(kIpHeader)));
}

std::size_t FlowTemplate::checksum_at() const noexcept {
    return kIpHeader + (is_tcp(traffic_) ? kTcpChecksumAt : kUdpChecksumAt);
}

void FlowTemplate::write(std::uint64_t number, MutBytes packet) const noexcept {
    std::memcpy(packet.data(), zero_.data(), zero_.size());
    // What differs from packet 0, where all of it is zero: RFC 1624 adjusts the checksum.
    std::array<std::byte, kNumberSize + 4> changed{};
    constexpr std::array<std::byte, kNumberSize + 4> kZeros{};
    store_be(changed.data(), number);
    std::memcpy(packet.data() + header_size(traffic_), changed.data(), kNumberSize);
    if (is_tcp(traffic_)) {
        store_be(changed.data() + kNumberSize,
                 static_cast<std::uint32_t>(number * payload_size(traffic_)));
        std::memcpy(packet.data() + kIpHeader + kSequenceAt, changed.data() + kNumberSize, 4);
    }
    std::byte* const checksum = packet.data() + checksum_at();
    const std::uint16_t sum =
        wire::updated_checksum(load_be<std::uint16_t>(checksum), kZeros, changed);
    // Zero would mean that there is none (RFC 768).
    store_be(checksum, sum == 0 && !is_tcp(traffic_) ? std::uint16_t{0xffff} : sum);
}

std::size_t FlowTemplate::write_super(std::uint64_t number, std::size_t count,
                                      MutBytes packet) const noexcept {
    const std::size_t header = header_size(traffic_);
    const std::size_t payload = payload_size(traffic_);
    const std::size_t size = header + count * payload;
    write(number, packet.first(packet_size(traffic_)));
    for (std::size_t i = 1; i < count; ++i) {
        std::byte* const at = packet.data() + header + i * payload;
        std::memcpy(at, zero_.data() + header, payload);
        store_be(at, number + i);
    }
    const auto transport_size = static_cast<std::uint16_t>(size - kIpHeader);
    store_be(packet.data() + kLengthAt, static_cast<std::uint16_t>(size));
    store_be(packet.data() + kIpChecksumAt, std::uint16_t{0});
    store_be(packet.data() + kIpChecksumAt,
             wire::internet_checksum(Bytes(packet).first(kIpHeader)));
    if (!is_tcp(traffic_)) store_be(packet.data() + kIpHeader + kUdpLengthAt, transport_size);
    // The kernel adds the segment to what it finds here; finish() complements, the kernel wants the
    // sum itself.
    const std::uint16_t pseudo = wire::InternetChecksum{}
                                     .add(source_.bytes())
                                     .add(destination_.bytes())
                                     .add(std::uint16_t{protocol_of(traffic_)})
                                     .add(transport_size)
                                     .finish();
    store_be(packet.data() + checksum_at(), static_cast<std::uint16_t>(~pseudo));
    return size;
}

bool FlowTemplate::is_payload(std::uint64_t number, Bytes payload) const noexcept {
    if (payload.size() != payload_size(traffic_)) return false;
    if (load_be<std::uint64_t>(payload.data()) != number) return false;
    const Bytes pattern = Bytes(zero_).subspan(header_size(traffic_) + kNumberSize);
    return std::memcmp(payload.data() + kNumberSize, pattern.data(), pattern.size()) == 0;
}

}  // namespace fz::load
