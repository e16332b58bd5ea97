#include "fastpath/frame.h"

#include "wire/header_fields.h"
#include "wire/ip_protocol.h"

namespace fz::fastpath {
namespace {

constexpr std::size_t kEtherTypeAt = 12;
constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kVlanTag = 4;  ///< tag control information, then the next EtherType
constexpr int kMaxVlanTags = 2;
constexpr std::uint16_t kEtherTypeVlan = 0x8100;  ///< IEEE 802.1Q
constexpr std::uint16_t kEtherTypeQinQ = 0x88a8;  ///< IEEE 802.1ad
constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;
constexpr std::uint8_t kVersion4NoOptions = 0x45;

std::uint16_t be16_at(Bytes bytes, std::size_t at) noexcept {
    return load_be<std::uint16_t>(bytes.data() + at);
}

/// An IP packet of exactly its own length, and what its header says about the datagram.
struct Network {
    MutBytes udp;
    wire::IpAddr source;
    wire::IpAddr destination;
    wire::Ecn ecn;
};

std::optional<Network> parse_ipv4(MutBytes packet) noexcept {
    if (packet.size() < wire::kIpv4Header || wire::byte_at(packet, 0) != kVersion4NoOptions ||
        wire::byte_at(packet, wire::ipv4::kProtocolAt) != wire::protocol::kUdp ||
        (be16_at(packet, wire::ipv4::kFragmentAt) & wire::ipv4::kMoreFragmentsOrOffset) != 0)
        return std::nullopt;
    const std::size_t length = be16_at(packet, wire::ipv4::kLengthAt);
    if (length < wire::kIpv4Header || length > packet.size()) return std::nullopt;
    const Bytes addresses = packet.subspan(wire::ipv4::kAddressesAt, 8);
    return Network{packet.first(length).subspan(wire::kIpv4Header),
                   wire::IpAddr::from_bytes(addresses.first(4)),
                   wire::IpAddr::from_bytes(addresses.last(4)),
                   wire::ecn_of(wire::byte_at(packet, wire::ipv4::kTosAt))};
}

std::optional<Network> parse_ipv6(MutBytes packet) noexcept {
    if (packet.size() < wire::kIpv6Header || wire::byte_at(packet, 0) >> 4 != 6 ||
        wire::byte_at(packet, wire::ipv6::kNextHeaderAt) != wire::protocol::kUdp)
        return std::nullopt;
    const std::size_t length = be16_at(packet, wire::ipv6::kLengthAt);
    if (length > packet.size() - wire::kIpv6Header) return std::nullopt;
    const Bytes addresses = packet.subspan(wire::ipv6::kAddressesAt, 32);
    // The traffic class lies across the first two bytes; ECN are its lowest bits.
    return Network{packet.subspan(wire::kIpv6Header, length),
                   wire::IpAddr::from_bytes(addresses.first(16)),
                   wire::IpAddr::from_bytes(addresses.last(16)),
                   wire::ecn_of(static_cast<std::uint8_t>(wire::byte_at(packet, 1) >> 4))};
}

std::optional<Network> parse_network(MutBytes frame) noexcept {
    if (frame.size() < kEthernetHeader) return std::nullopt;
    std::uint16_t type = be16_at(frame, kEtherTypeAt);
    MutBytes rest = frame.subspan(kEthernetHeader);
    for (int i = 0; i < kMaxVlanTags && (type == kEtherTypeVlan || type == kEtherTypeQinQ); ++i) {
        if (rest.size() < kVlanTag) return std::nullopt;
        type = be16_at(rest, 2);
        rest = rest.subspan(kVlanTag);
    }
    if (type == kEtherTypeIpv4) return parse_ipv4(rest);
    if (type == kEtherTypeIpv6) return parse_ipv6(rest);
    return std::nullopt;
}

}  // namespace

std::optional<wire::IncomingTrain> parse_frame(MutBytes frame) noexcept {
    const auto network = parse_network(frame);
    if (!network || network->udp.size() < wire::udp::kHeader ||
        be16_at(network->udp, wire::udp::kLengthAt) != network->udp.size())
        return std::nullopt;
    const MutBytes payload = network->udp.subspan(wire::udp::kHeader);
    return wire::IncomingTrain{.bytes = payload,
                               .segment = payload.size(),
                               .source = {network->source, be16_at(network->udp, 0)},
                               .local = {network->destination, be16_at(network->udp, 2)},
                               .ecn = network->ecn};
}

}  // namespace fz::fastpath
