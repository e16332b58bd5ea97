#include "base/log.h"

#include <array>
#include <cstdio>

namespace fz::log {
namespace {

Sink g_sink = nullptr;
Level g_lowest = Level::error;

}  // namespace

void set_sink(Sink sink, Level lowest) noexcept {
    g_sink = sink;
    g_lowest = lowest;
}

bool enabled(Level level) noexcept { return g_sink != nullptr && level >= g_lowest; }

void write(const Line& line) {
    if (g_sink != nullptr) g_sink(line);
}

std::string_view name_of(Level level) noexcept {
    static constexpr std::array<std::string_view, 5> kNames{"TRACE", "DEBUG", "INFO", "WARN",
                                                            "ERROR"};
    return kNames[static_cast<std::size_t>(level)];
}

std::string_view module_of(std::string_view source_path) noexcept {
    const auto slash = source_path.rfind('/');
    if (slash == std::string_view::npos) return "main";
    const std::string_view folder = source_path.substr(0, slash);
    const auto before = folder.rfind('/');
    return before == std::string_view::npos ? folder : folder.substr(before + 1);
}

std::string text_of(Duration duration) {
    std::array<char, 32> text{};
    const double seconds = std::chrono::duration<double>(duration).count();
    std::snprintf(text.data(), text.size(), seconds < 1 ? "%.3fms" : "%.3fs",
                  seconds < 1 ? seconds * 1000 : seconds);
    return text.data();
}

}  // namespace fz::log
