// The header in front of every packet of a TUN queue: how it is segmented and what is missing.
#pragma once

#include <cstdint>

#include "wire/offload.h"

namespace fz::tun {

//  0       1       2       4       6       8       10
// +-------+-------+-------+-------+-------+-------+
// | flags |  gso  |hdr_len|  gso  | csum  | csum  |   struct virtio_net_hdr, VIRTIO 1.2 5.1.6
// |       | type  |       | size  | start | offset|   (linux/virtio_net.h is not valid C++)
// +-------+-------+-------+-------+-------+-------+
struct VnetHeader {
    std::uint8_t flags = 0;
    std::uint8_t gso_type = 0;
    std::uint16_t header_length = 0;
    std::uint16_t gso_size = 0;
    std::uint16_t checksum_start = 0;
    std::uint16_t checksum_offset = 0;
};
static_assert(sizeof(VnetHeader) == 10);

inline constexpr std::uint8_t kNeedsChecksum = 1;  ///< VIRTIO_NET_HDR_F_NEEDS_CSUM
inline constexpr std::uint8_t kGsoNone = 0;
inline constexpr std::uint8_t kGsoTcpV4 = 1;
inline constexpr std::uint8_t kGsoTcpV6 = 4;
inline constexpr std::uint8_t kGsoUdp = 5;     ///< VIRTIO_NET_HDR_GSO_UDP_L4
inline constexpr std::uint8_t kGsoEcn = 0x80;  ///< TCP with CWR: on the first segment only

[[nodiscard]] constexpr VnetHeader vnet_header_of(const wire::Offload& offload) noexcept {
    constexpr std::uint8_t kTypes[] = {kGsoNone, kGsoTcpV4, kGsoTcpV6, kGsoUdp};
    return {.flags = offload.needs_checksum ? kNeedsChecksum : std::uint8_t{0},
            .gso_type = kTypes[static_cast<std::size_t>(offload.kind)],
            .header_length = offload.header_length,
            .gso_size = offload.segment_size,
            .checksum_start = offload.checksum_start,
            .checksum_offset = offload.checksum_offset};
}

/// Types that this code never asked for are taken for none; the packet is then judged as it is.
[[nodiscard]] constexpr wire::Offload offload_of(const VnetHeader& header) noexcept {
    using Kind = wire::Offload::Kind;
    const std::uint8_t type = header.gso_type & static_cast<std::uint8_t>(~kGsoEcn);
    const Kind kind = type == kGsoTcpV4   ? Kind::tcp_v4
                      : type == kGsoTcpV6 ? Kind::tcp_v6
                      : type == kGsoUdp   ? Kind::udp
                                          : Kind::none;
    return {.kind = kind,
            .segment_size = header.gso_size,
            .header_length = header.header_length,
            .needs_checksum = (header.flags & kNeedsChecksum) != 0,
            .checksum_start = header.checksum_start,
            .checksum_offset = header.checksum_offset};
}

}  // namespace fz::tun
