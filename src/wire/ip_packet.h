// An inner IP packet that cannot be malformed: what has been parsed needs no further checks.
//
// A packet is accepted only if its lengths agree exactly with the bytes at hand, so that no byte is
// seen differently by us and by the host behind us. Fragments are refused (a port filter cannot
// judge them); an IPv6 atomic fragment (RFC 6946) is a whole packet and passes. Checksums are not
// verified: the gateway forwards, it does not consume.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/expected.h"
#include "wire/ecn.h"
#include "wire/flow.h"
#include "wire/ip_addr.h"
#include "wire/transmit.h"

namespace fz::wire {

enum class ParseDrop : std::uint8_t {
    too_long,       ///< more than kMaxIpPacket bytes
    bad_header,     ///< not IP, or a header that contradicts itself
    bad_length,     ///< more or fewer bytes than the header says
    bad_extension,  ///< an IPv6 extension header that is cut short or out of place
    fragment,
    family_mismatch,  ///< ICMP in IPv6 or ICMPv6 in IPv4
    bad_transport,    ///< a TCP, UDP or ICMP header that is cut short or contradicts itself
};

/// The length that the IP header at the start of `padded` claims, header included; nothing if there
/// is no IP header or the bytes are fewer. Cuts the zero padding of WireGuard data (paper 5.4.6).
[[nodiscard]] std::optional<std::size_t> ip_length(Bytes padded) noexcept;

/// Borrows the bytes of one packet: as short-lived as they are.
class IpPacketView {
  public:
    [[nodiscard]] static Expected<IpPacketView, ParseDrop> parse(Bytes packet) noexcept;

    [[nodiscard]] Bytes bytes() const noexcept { return bytes_; }
    [[nodiscard]] Family family() const noexcept { return src_.family(); }
    [[nodiscard]] const IpAddr& src() const noexcept { return src_; }
    [[nodiscard]] const IpAddr& dst() const noexcept { return dst_; }
    [[nodiscard]] std::uint8_t traffic_class() const noexcept { return traffic_class_; }
    [[nodiscard]] Ecn ecn() const noexcept { return ecn_of(traffic_class_); }

    /// Of the IP header: with options in IPv4, without extension headers in IPv6.
    [[nodiscard]] std::size_t header_length() const noexcept { return header_length_; }
    /// Where the transport header begins, behind all IPv6 extension headers that can be skipped.
    [[nodiscard]] std::size_t transport_offset() const noexcept { return transport_offset_; }
    /// What begins there (IANA protocol number).
    [[nodiscard]] std::uint8_t protocol() const noexcept { return protocol_; }
    [[nodiscard]] Bytes transport() const noexcept { return bytes_.subspan(transport_offset_); }
    [[nodiscard]] const Flow& flow() const noexcept { return flow_; }

    /// From :: to :: under protocol 255 with an event header: a message between Firezone's own
    /// programs that never leaves the tunnel.
    [[nodiscard]] bool is_firezone_control() const noexcept;

  private:
    IpPacketView() = default;

    std::optional<ParseDrop> parse_v4(Reader header) noexcept;
    std::optional<ParseDrop> parse_v6(Reader header) noexcept;
    std::optional<ParseDrop> skip_extensions(Reader rest) noexcept;
    std::optional<ParseDrop> parse_transport() noexcept;

    Bytes bytes_;
    IpAddr src_;
    IpAddr dst_;
    Flow flow_;
    std::uint16_t header_length_ = 0;
    std::uint16_t transport_offset_ = 0;
    std::uint8_t protocol_ = 0;
    std::uint8_t traffic_class_ = 0;
};

/// Marks a packet that has been parsed; an IPv4 header checksum stays as right as it was.
void set_ecn(MutBytes packet, Ecn ecn) noexcept;

}  // namespace fz::wire
