// What the person at the keyboard asks fz-stat for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "stat/check.h"

namespace fz::stat {

enum class Screen : std::uint8_t { overview, drops, xdp, histograms, peers };
enum class Format : std::uint8_t { screen, json, ndjson, prometheus };

struct Request {
    enum class Kind : std::uint8_t { show, diff, check, datapath, help };

    Kind kind = Kind::show;
    Screen screen = Screen::overview;
    Format format = Format::screen;
    std::optional<Duration> every;       ///< -w
    std::optional<std::uint64_t> count;  ///< -n
    bool all_drops = false;
    Thresholds thresholds;
    std::vector<std::string> arguments;  ///< of the command
};

/// Errors: a sentence that names the argument.
[[nodiscard]] Expected<Request, std::string> parse(std::span<const std::string_view> arguments);

}  // namespace fz::stat
