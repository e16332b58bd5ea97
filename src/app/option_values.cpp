#include "app/option_values.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace fz::app {
namespace {

constexpr std::string_view kDigits = "0123456789";

template <typename T>
std::optional<T> parse_number(std::string_view text) noexcept {
    T number{};
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || at != end) return std::nullopt;
    return number;
}

struct Unit {
    std::string_view name;
    std::chrono::seconds length;
};
constexpr std::array kUnits{
    Unit{"s", std::chrono::seconds(1)},      Unit{"sec", std::chrono::seconds(1)},
    Unit{"second", std::chrono::seconds(1)}, Unit{"m", std::chrono::minutes(1)},
    Unit{"min", std::chrono::minutes(1)},    Unit{"minute", std::chrono::minutes(1)},
    Unit{"h", std::chrono::hours(1)},        Unit{"hr", std::chrono::hours(1)},
    Unit{"hour", std::chrono::hours(1)},     Unit{"d", std::chrono::days(1)},
    Unit{"day", std::chrono::days(1)},
};

std::optional<std::chrono::seconds> length_of(std::string_view unit) noexcept {
    const std::string_view singular =
        unit.size() > 1 && unit.ends_with('s') ? unit.substr(0, unit.size() - 1) : unit;
    for (const Unit& known : kUnits)
        if (known.name == singular) return known.length;
    return std::nullopt;
}

std::string_view take(std::string_view& text, std::size_t length) noexcept {
    const std::string_view head = text.substr(0, length);
    text.remove_prefix(head.size());
    return head;
}
void skip_spaces(std::string_view& text) noexcept { take(text, text.find_first_not_of(' ')); }

}  // namespace

std::optional<bool> parse_switch(std::string_view text) noexcept {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}

std::optional<std::size_t> parse_buffer_bytes(std::string_view text) noexcept {
    return parse_count(text, std::numeric_limits<int>::max());
}

std::optional<std::size_t> parse_count(std::string_view text, std::size_t most) noexcept {
    const auto count = parse_number<std::size_t>(text);
    return count && *count >= 1 && *count <= most ? count : std::nullopt;
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) noexcept {
    constexpr std::chrono::seconds kLongest = std::chrono::days(366);
    std::chrono::seconds total{0};
    skip_spaces(text);
    if (text.empty()) return std::nullopt;
    while (!text.empty()) {
        const auto count = parse_number<std::uint32_t>(take(text, text.find_first_not_of(kDigits)));
        skip_spaces(text);
        const auto unit = length_of(take(text, text.find_first_of("0123456789 ")));
        skip_spaces(text);
        if (!count || !unit || *count > kLongest / *unit) return std::nullopt;
        total += *count * *unit;
        if (total > kLongest) return std::nullopt;
    }
    return total;
}

bool is_host_and_port(std::string_view text) noexcept {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    return parse_number<std::uint16_t>(text.substr(colon + 1)).value_or(0) != 0;
}

}  // namespace fz::app
