// How one packet stands for many segments of a flow, in the words of virtio_net_hdr.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fz::wire {

/// Source: VIRTIO 1.2 5.1.6; Linux Documentation/networking/segmentation-offloads.rst.
struct Offload {
    enum class Kind : std::uint8_t { none, tcp_v4, tcp_v6, udp };

    Kind kind = Kind::none;
    /// Bytes of payload in each segment but the last, which may be shorter; 0 without segments.
    std::uint16_t segment_size = 0;
    /// IP and transport headers, in bytes; a hint where `kind` is none.
    std::uint16_t header_length = 0;
    /// The field at `checksum_start + checksum_offset` holds the pseudo header's sum only; the
    /// checksum of everything from `checksum_start` on is still to be added.
    bool needs_checksum = false;
    std::uint16_t checksum_start = 0;
    std::uint16_t checksum_offset = 0;
};

[[nodiscard]] constexpr std::string_view name_of(Offload::Kind kind) noexcept {
    constexpr std::string_view kNames[] = {"none", "TCP over IPv4", "TCP over IPv6", "UDP"};
    return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace fz::wire
