#include "wire/firezone_ranges.h"

namespace fz::wire {
namespace {

// A /11 of IPv4 and a /107 of IPv6 leave the same 21 bits free.
constexpr std::uint32_t kHostBits = 0x001fffff;
constexpr std::uint32_t kV4Tunnel = 0x64400000;             // 100.64.0.0
constexpr std::uint32_t kV4Proxy = 0x64600000;              // 100.96.0.0
constexpr std::uint64_t kV6Tunnel = 0xfd00'2021'1111'0000;  // the upper half of the address
constexpr std::uint64_t kV6Proxy = 0xfd00'2021'1111'8000;

bool in_range(const IpAddr& ip, std::uint32_t v4_base, std::uint64_t v6_upper) noexcept {
    const std::byte* bytes = ip.bytes().data();
    if (ip.is_v4()) return (load_be<std::uint32_t>(bytes) & ~kHostBits) == v4_base;
    return load_be<std::uint64_t>(bytes) == v6_upper &&
           (load_be<std::uint64_t>(bytes + 8) & ~std::uint64_t{kHostBits}) == 0;
}

}  // namespace

Cidr tunnel_range(Family family) noexcept {
    return *Cidr::parse(family == Family::v4 ? "100.64.0.0/11" : "fd00:2021:1111::/107");
}

bool is_peer(const IpAddr& ip) noexcept { return in_range(ip, kV4Tunnel, kV6Tunnel); }

bool is_proxy(const IpAddr& ip) noexcept { return in_range(ip, kV4Proxy, kV6Proxy); }

}  // namespace fz::wire
