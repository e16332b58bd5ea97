// Every option of the gateway in one table, from which parsing, --help, the manual page and the
// completions of shells are made.
//
// Names and defaults are upstream's (gateway 1.4.17 and newer).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/config.h"
#include "base/help_page.h"

namespace fz::app {

/// The headings of --help, in this order.
enum class Group : std::uint8_t { portal, packets, logging, process, without_effect, other };
[[nodiscard]] std::span<const std::string_view> headings() noexcept;

/// What is wrong with a value, to follow the option's name: "must be true or false".
using Complaint = std::optional<std::string>;

struct Option {
    Group group;
    std::string_view flag;      ///< "--api-url"; empty: the positional TOKEN, or a variable only
    char letter;                ///< 'u' for -u, or 0
    std::string_view variable;  ///< or empty
    std::string_view value;     ///< what --help calls the value; empty: a switch
    std::string_view help;
    /// Null: parse() answers it before it looks at values.
    Complaint (*apply)(Config& config, std::string_view value);

    [[nodiscard]] bool is_switch() const noexcept { return value.empty(); }
    [[nodiscard]] bool is_token() const noexcept { return value == "TOKEN"; }
};

[[nodiscard]] std::span<const Option> options() noexcept;

inline constexpr std::string_view kSummary =
    "Connects the clients of a Firezone account to the networks around this host.";
[[nodiscard]] std::span<const ExitStatus> exit_statuses() noexcept;

}  // namespace fz::app
