// What a datagram looks like on the cable to the gateway.
#pragma once

#include "base/bytes.h"
#include "options.h"
#include "wire/ip_addr.h"

namespace fz::load {

inline constexpr std::size_t kFrameHeader = 14 + 20 + 8;  ///< bytes: Ethernet, IPv4, UDP

/// Fills `frame`, kFrameHeader bytes larger than the datagram. Both addresses are IPv4. All
/// checksums are right: without that of UDP, GRO would leave datagrams alone.
void write_frame(MutBytes frame, const MacAddress& gateway_mac, const wire::SocketAddr& source,
                 const wire::SocketAddr& destination, Bytes datagram);

}  // namespace fz::load
