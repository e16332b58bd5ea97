#include "app/log_sink.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>

#include "base/json.h"
#include "os/clock.h"

namespace fz::app {
namespace {

/// "2025-09-17T08:00:00.123Z"
std::string timestamp(UnixTime at) {
    using namespace std::chrono;
    const auto day = floor<days>(at);
    const year_month_day date(day);
    const hh_mm_ss time(floor<milliseconds>(at - day));
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()),
                  static_cast<int>(time.subseconds().count()));
    return text.data();
}

bool is_plain_word(std::string_view text) {
    if (text.empty()) return false;
    for (const char c : text)
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return false;
    return true;
}

void append_value(std::string& out, std::string_view value) {
    if (is_plain_word(value))
        out += value;
    else
        append_quoted(out, value);
}

// The sink is a plain function, so what it needs lives here, set once before threads start.
LogOptions g_options;

void write_whole(std::string_view line) {
    while (!line.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, line.data(), line.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return;  // nowhere left to complain
        line.remove_prefix(static_cast<std::size_t>(written));
    }
}

void sink(const log::Line& line) {
    if (!g_options.filter.wants(line.module, line.level)) return;
    const UnixTime at = os::read_clocks().unix;
    write_whole(g_options.format == LogFormat::json ? json_line(line, at) : human_line(line, at));
}

}  // namespace

std::string human_line(const log::Line& line, UnixTime at) {
    const std::string_view level = log::name_of(line.level);
    std::string out = timestamp(at) + ' ';
    out.append(level.size() < 5 ? 5 - level.size() : 0, ' ');
    ((((out += level) += ' ') += line.module) += ": ") += line.message;
    for (const log::Field& field : line.fields) {
        ((out += ' ') += field.key) += '=';
        append_value(out, field.value);
    }
    return out += '\n';
}

std::string json_line(const log::Line& line, UnixTime at) {
    std::string out;
    {
        JsonObject object(out);
        object.add("time", timestamp(at));
        object.add("severity", log::name_of(line.level));
        object.add("target", line.module);
        object.add("message", line.message);
        for (const log::Field& field : line.fields) object.add(field.key, field.value);
    }
    return out += '\n';
}

void log_to_standard_output(const LogOptions& options) {
    g_options = options;
    if (const auto lowest = options.filter.lowest())
        log::set_sink(sink, *lowest);
    else
        log::set_sink(nullptr, log::Level::error);
    if (const std::string& left_out = options.filter.left_out(); !left_out.empty())
        FZ_LOG(warn, "parts of RUST_LOG mean nothing to this program", kv("left_out", left_out));
}

}  // namespace fz::app
