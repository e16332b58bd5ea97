// One flow's packets, made by the thousand: IPv4 packets that look like a bulk transfer.
//
// Packet number n of a TCP flow is the segment whose first byte has sequence number n * payload
// (mod 2^32): no options, ACK set, DF set. Each payload begins with n as 64 bits, network order;
// the rest is a fixed pattern. All checksums are right.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "traffic.h"
#include "wire/ip_addr.h"

namespace fz::load {

inline constexpr std::size_t kIpHeader = 20;
inline constexpr std::size_t kTcpHeader = 20;
inline constexpr std::size_t kUdpHeader = 8;
inline constexpr std::size_t kNumberSize = 8;  ///< bytes of the packet number in the payload

[[nodiscard]] constexpr std::size_t header_size(Traffic traffic) noexcept {
    return kIpHeader + (is_tcp(traffic) ? kTcpHeader : kUdpHeader);
}
[[nodiscard]] constexpr std::size_t payload_size(Traffic traffic) noexcept {
    return packet_size(traffic) - header_size(traffic);
}

class FlowTemplate {
  public:
    /// Both addresses are IPv4.
    FlowTemplate(Traffic traffic, const wire::SocketAddr& source,
                 const wire::SocketAddr& destination);

    /// Writes packet `number` into packet_size(traffic) bytes.
    void write(std::uint64_t number, MutBytes packet) const noexcept;
    /// Writes `count` consecutive packets as one for the kernel to segment: their header, with the
    /// sum of the pseudo header in place of the checksum, and all payloads. Returns its size.
    std::size_t write_super(std::uint64_t number, std::size_t count,
                            MutBytes packet) const noexcept;

    /// True if this is the payload of packet `number`, whatever became of the headers.
    [[nodiscard]] bool is_payload(std::uint64_t number, Bytes payload) const noexcept;

    [[nodiscard]] Traffic traffic() const noexcept { return traffic_; }

  private:
    [[nodiscard]] std::size_t checksum_at() const noexcept;

    Traffic traffic_;
    wire::IpAddr source_;
    wire::IpAddr destination_;
    std::vector<std::byte> zero_;  ///< packet number 0
};

/// Flow f of a run has destination port kFirstFlowPort + f: what survives masquerading.
inline constexpr std::uint16_t kFirstFlowPort = 20000;
inline constexpr std::size_t kMaxFlows = 65536 - kFirstFlowPort;

}  // namespace fz::load
