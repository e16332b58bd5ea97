// The addresses and ports that Firezone keeps for itself, the same in every deployment.
#pragma once

#include <cstdint>

#include "wire/cidr.h"
#include "wire/ip_addr.h"

namespace fz::wire {

/// TCP and UDP port of the gateway's DNS server, on its tunnel addresses.
inline constexpr std::uint16_t kGatewayDnsPort = 53535;

/// The range that tunnel addresses of a family come from.
[[nodiscard]] Cidr tunnel_range(Family family) noexcept;

/// In a tunnel range, 100.64.0.0/11 or fd00:2021:1111::/107: an address of a client or a gateway.
[[nodiscard]] bool is_peer(const IpAddr& ip) noexcept;

/// In a proxy range, 100.96.0.0/11 or fd00:2021:1111:8000::/107: an address that a client made up
/// for a DNS resource.
[[nodiscard]] bool is_proxy(const IpAddr& ip) noexcept;

}  // namespace fz::wire
