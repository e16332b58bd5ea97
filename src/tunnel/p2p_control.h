// Firezone's control packets: inner IPv6 packets from :: to :: that never leave the tunnel.
//
// The eight bytes behind the IPv6 header are an event type and seven zero bytes; a JSON payload may
// follow. Only the goodbye is acted on; the events of DNS resources are recognised and left alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace fz::tunnel {

enum class ControlEvent : std::uint8_t {
    assigned_ips = 0,   ///< client to gateway: proxy addresses of a DNS resource
    domain_status = 1,  ///< gateway to client: whether they are in effect
    goodbye = 2,        ///< both ways: the sender has forgotten the connection
};

inline constexpr std::uint8_t kControlNextHeader = 0xff;
inline constexpr std::size_t kGoodbyeSize = 48;  ///< bytes: IPv6 header 40, event header 8

/// The event of an inner packet already known to be a control packet, or nothing if its type is
/// unknown.
[[nodiscard]] std::optional<ControlEvent> control_event_of(Bytes packet) noexcept;

/// The whole inner packet that says goodbye.
[[nodiscard]] std::array<std::byte, kGoodbyeSize> goodbye_packet() noexcept;

}  // namespace fz::tunnel
