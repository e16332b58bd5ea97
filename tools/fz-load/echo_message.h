// ICMP echo requests as the latency mode sends them, and the check of what comes back (RFC 792).
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "wire/ip_addr.h"

namespace fz::load {

inline constexpr std::size_t kEchoPacket = 84;   ///< bytes, from the IP header: what ping sends
inline constexpr std::size_t kEchoMessage = 64;  ///< bytes, from the ICMP header

struct Echo {
    std::uint16_t identifier;
    std::uint16_t sequence;

    friend bool operator==(const Echo&, const Echo&) = default;
};

/// Writes kEchoMessage bytes.
void write_echo_request(const Echo& echo, MutBytes message) noexcept;
/// The same inside an IPv4 packet of kEchoPacket bytes.
void write_echo_packet(const Echo& echo, const wire::IpAddr& source,
                       const wire::IpAddr& destination, MutBytes packet) noexcept;
/// Whose answer an IPv4 packet is; all zero if it is no echo reply.
[[nodiscard]] Echo read_echo_reply(Bytes packet) noexcept;

}  // namespace fz::load
