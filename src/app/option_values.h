// The kinds of value an option can have, read from text.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace fz::app {

/// Exactly "true" or "false".
[[nodiscard]] std::optional<bool> parse_switch(std::string_view text) noexcept;
/// A decimal number, at least 1 and small enough for a socket option.
[[nodiscard]] std::optional<std::size_t> parse_buffer_bytes(std::string_view text) noexcept;
/// A decimal number from 1 to `most`.
[[nodiscard]] std::optional<std::size_t> parse_count(std::string_view text,
                                                     std::size_t most) noexcept;
/// Numbers with units, added up: "24h", "1h 30m", "90 seconds". At most a year.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text) noexcept;
/// "host:port" with a port from 1 to 65535.
[[nodiscard]] bool is_host_and_port(std::string_view text) noexcept;

}  // namespace fz::app
