// The three kinds of traffic, and how large their packets are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace fz::load {

enum class Traffic : std::uint8_t { tcp1, tcp8, udp84 };

[[nodiscard]] constexpr std::string_view name_of(Traffic traffic) noexcept {
    constexpr std::string_view kNames[] = {"tcp1", "tcp8", "udp84"};
    return kNames[static_cast<std::size_t>(traffic)];
}
[[nodiscard]] constexpr std::optional<Traffic> traffic_named(std::string_view name) noexcept {
    for (const Traffic traffic : {Traffic::tcp1, Traffic::tcp8, Traffic::udp84})
        if (name == name_of(traffic)) return traffic;
    return std::nullopt;
}

[[nodiscard]] constexpr bool is_tcp(Traffic traffic) noexcept { return traffic != Traffic::udp84; }
[[nodiscard]] constexpr std::size_t flows_per_peer(Traffic traffic) noexcept {
    return traffic == Traffic::tcp8 ? 8 : 1;
}

inline constexpr std::size_t kTcpPacket = 1280;  ///< bytes: the tunnel's MTU
inline constexpr std::size_t kUdpPacket = 84;    ///< bytes: as small as a ping
[[nodiscard]] constexpr std::size_t packet_size(Traffic traffic) noexcept {
    return is_tcp(traffic) ? kTcpPacket : kUdpPacket;
}

}  // namespace fz::load
