// A 128-bit identifier as the portal names clients, resources, gateways and relays.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fz {

struct Uuid {
    std::array<std::byte, 16> bytes{};

    /// Accepts hyphenated, plain, {braced} and urn:uuid: spellings in any letter case.
    [[nodiscard]] static std::optional<Uuid> parse(std::string_view text) noexcept;
    /// Hyphenated, lower case.
    [[nodiscard]] std::string to_string() const;

    friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

}  // namespace fz

template <>
struct std::hash<fz::Uuid> {
    std::size_t operator()(const fz::Uuid& id) const noexcept {
        return std::hash<std::string_view>{}(
            {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
    }
};
