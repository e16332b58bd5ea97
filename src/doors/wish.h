// What the operator wants the network's packets to come through.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace fz::doors {

/// XDP where it can be had; XDP in the driver or nothing; XDP behind the driver, which works with
/// every one of them, or nothing; sockets alone.
enum class Wish : std::uint8_t { automatic, xdp, xdp_generic, socket };

inline constexpr std::array<std::pair<std::string_view, Wish>, 4> kWishes{
    {{"auto", Wish::automatic},
     {"xdp", Wish::xdp},
     {"xdp-generic", Wish::xdp_generic},
     {"socket", Wish::socket}}};

[[nodiscard]] constexpr std::optional<Wish> wish_named(std::string_view name) noexcept {
    for (const auto& [each, wish] : kWishes)
        if (each == name) return wish;
    return std::nullopt;
}
[[nodiscard]] constexpr std::string_view name_of(Wish wish) noexcept {
    for (const auto& [name, each] : kWishes)
        if (each == wish) return name;
    return "unknown";
}

}  // namespace fz::doors
