// Log lines: a fixed sentence plus typed key-values, to one sink that main (or a test) sets.
//
//   FZ_LOG(info, "connection established", kv("client", id), kv("took", duration));
//
// Levels: error = we stop; warn = worth waking someone; info = what an operator sees change;
// debug = a turn in the road; trace = per packet. A line that anybody's packet can cause is
// bounded: log_limit.h. No address or domain above debug. No key, token or payload ever.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/time.h"

namespace fz::log {

enum class Level : unsigned char { trace, debug, info, warn, error };

struct Field {
    std::string_view key;
    std::string value;
};

struct Line {
    Level level;
    std::string_view module;  ///< the folder the line comes from: "noise"
    std::string_view message;
    std::initializer_list<Field> fields;
};

using Sink = void (*)(const Line&);

/// Sets where lines go and the lowest level made at all. Call before threads start.
void set_sink(Sink sink, Level lowest) noexcept;
[[nodiscard]] bool enabled(Level level) noexcept;
void write(const Line& line);

[[nodiscard]] std::string_view name_of(Level level) noexcept;
/// The folder of a source path: ".../src/noise/peer.cpp" gives "noise".
[[nodiscard]] std::string_view module_of(std::string_view source_path) noexcept;

[[nodiscard]] std::string text_of(Duration duration);
[[nodiscard]] inline std::string text_of(std::string_view text) { return std::string(text); }
/// Without this one a literal would become a bool.
[[nodiscard]] inline std::string text_of(const char* text) { return text; }
[[nodiscard]] inline std::string text_of(bool flag) { return flag ? "true" : "false"; }
template <std::integral T>
[[nodiscard]] std::string text_of(T number) {
    return std::to_string(number);
}
template <typename T>
    requires requires(const T& value) {
        { value.to_string() } -> std::convertible_to<std::string>;
    }
[[nodiscard]] std::string text_of(const T& value) {
    return value.to_string();
}

}  // namespace fz::log

namespace fz {

template <typename T>
[[nodiscard]] log::Field kv(std::string_view key, const T& value) {
    return {key, log::text_of(value)};
}

}  // namespace fz

#define FZ_LOG(level, message, ...)                           \
    do {                                                      \
        if (::fz::log::enabled(::fz::log::Level::level))      \
            ::fz::log::write({::fz::log::Level::level,        \
                              ::fz::log::module_of(__FILE__), \
                              message,                        \
                              {__VA_ARGS__}});                \
    } while (false)
