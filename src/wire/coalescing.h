// When two packets of a flow may travel as one, and the header they then share.
//
// The rules are those of the kernel's GRO, so that nothing behind us sees what it would not see
// from a network card: same addresses, ports, marks, lifetimes and options, contiguous sequence
// numbers, equal lengths but for the last. Source: Linux Documentation/networking/
// segmentation-offloads.rst; net/ipv4/tcp_offload.c, udp_offload.c and af_inet.c for the rules.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "wire/offload.h"

namespace fz::wire {

/// A packet as a candidate for merging.
struct Segment {
    enum class Fit : std::uint8_t {
        mergeable,       ///< TCP with payload and no rare flag, or UDP with a checksum
        acknowledgment,  ///< TCP that does nothing else: no payload, no option but a timestamp
        alone,           ///< another packet of such a flow: what follows must not overtake it
        unrelated,       ///< neither TCP nor UDP
        unknown_flow     ///< TCP or UDP, perhaps, behind IP options or extension headers
    };

    Bytes packet;
    Fit fit = Fit::unrelated;
    // Of the first three:
    Offload::Kind kind = Offload::Kind::none;
    std::uint16_t ip_size = 0;      ///< of the IP header
    std::uint16_t header_size = 0;  ///< with the transport header

    /// `packet` is a whole IP packet, accepted by IpPacketView; anything else is unrelated.
    [[nodiscard]] static Segment of(Bytes packet) noexcept;

    [[nodiscard]] bool is_v4() const noexcept { return ip_size == 20; }
    [[nodiscard]] Bytes payload() const noexcept { return packet.subspan(header_size); }
    /// Of addresses, ports and protocol.
    [[nodiscard]] std::uint32_t flow_hash() const noexcept;
    /// Merging replaces the transport checksum by a fresh one: only a right one may be replaced, or
    /// a broken packet would become a good one.
    [[nodiscard]] bool checksum_is_right() const noexcept;
};

/// The header of one or more segments of a flow.
class MergedHeader {
  public:
    static constexpr std::size_t kMaxSegments = 64;  ///< UDP_MAX_SEGMENTS; TCP rarely reaches it

    explicit MergedHeader(const Segment& first) noexcept;

    [[nodiscard]] bool same_flow(const Segment& segment) const noexcept;
    /// Nothing joins any more; the flow's next packet begins a new group.
    void close() noexcept { open_ = false; }
    /// Takes the segment in, if the rules allow.
    [[nodiscard]] bool join(const Segment& segment) noexcept;
    /// An acknowledgment takes the place of the one before, if it acknowledges more and says all
    /// else that that one says (RFC 3449 5.2.1). A repeated number replaces nothing: the sender
    /// counts those (RFC 5681 3.2). Nothing with SACK or ECN marks replaces or is replaced.
    [[nodiscard]] bool replace(const Segment& later) noexcept;

    [[nodiscard]] std::size_t segments() const noexcept { return segments_; }
    [[nodiscard]] Offload offload() const noexcept;
    /// Writes the common header for all segments and returns it; the transport checksum is the
    /// pseudo header's sum.
    [[nodiscard]] Bytes write() noexcept;

  private:
    [[nodiscard]] bool same_ip(const Segment& segment) const noexcept;
    [[nodiscard]] bool continues_tcp(const Segment& segment) const noexcept;

    static constexpr std::size_t kMaxHeader = 40 + 60;  ///< IPv6, and TCP with all options

    Segment first_;
    std::size_t segments_ = 1;
    std::size_t payload_ = 0;      ///< bytes in all
    std::uint8_t last_flags_ = 0;  ///< TCP: FIN and PSH of the last segment
    bool open_ = false;
    bool first_verified_ = false;
    std::array<std::byte, kMaxHeader> bytes_;
};

}  // namespace fz::wire
