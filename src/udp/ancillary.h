// What travels beside a datagram in control messages: addresses, ECN mark, lengths of segments.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "wire/train.h"

namespace fz::udp {

/// The room of one message's control messages: packet-info, traffic class, segment size.
struct alignas(cmsghdr) Control {
    static constexpr std::size_t kSize =
        CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(int));
    static_assert(sizeof(in6_pktinfo) >= sizeof(in_pktinfo));

    std::array<std::byte, kSize> bytes{};
};

/// What the kernel said of one message it delivered.
struct Arrival {
    std::optional<wire::IpAddr> local;  ///< the IP header's destination
    wire::Ecn ecn = wire::Ecn::not_ect;
    std::size_t segment = 0;  ///< UDP_GRO as told; 0: nothing, or nothing that can be

    /// Length of each datagram but the last in a message of `bytes`, which is one datagram unless
    /// it is longer than `segment`.
    [[nodiscard]] std::size_t segment_in(std::size_t bytes) const noexcept {
        return segment == 0 ? bytes : std::min(segment, bytes);
    }
};
/// Reads no further than the message's control bytes go, whatever the lengths in them say.
[[nodiscard]] Arrival parse_ancillary(msghdr& message) noexcept;

/// Writes ECN (DSCP stays 0), source address and, if `segment` is not 0, UDP_SEGMENT. Returns the
/// bytes used.
[[nodiscard]] std::size_t write_ancillary(Control& control, const wire::OutgoingTrain& train,
                                          std::size_t segment) noexcept;

}  // namespace fz::udp
