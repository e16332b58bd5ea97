#include "app/log_filter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "app/text_file.h"

namespace fz::app {
namespace {

using Threshold = std::optional<log::Level>;

struct Named {
    std::string_view name;
    Threshold threshold;
};
constexpr std::array kThresholds{
    Named{"trace", log::Level::trace}, Named{"debug", log::Level::debug},
    Named{"info", log::Level::info},   Named{"warn", log::Level::warn},
    Named{"error", log::Level::error}, Named{"off", std::nullopt},
};

/// In any letter case; the outer optional is empty for what is no level.
std::optional<Threshold> threshold_of(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    for (const Named& known : kThresholds)
        if (known.name == lower) return known.threshold;
    return std::nullopt;
}

bool reaches(Threshold threshold, log::Level level) noexcept {
    return threshold && level >= *threshold;
}

}  // namespace

Expected<LogFilter, UsageError> LogFilter::parse(std::string_view directives) {
    LogFilter filter;
    while (!directives.empty()) {
        const std::string_view field = directives.substr(0, directives.find(','));
        directives.remove_prefix(std::min(directives.size(), field.size() + 1));
        const std::string_view directive = trimmed(field);
        if (directive.empty()) continue;
        const auto equals = directive.find('=');
        if (equals == std::string_view::npos) {
            if (const auto threshold = threshold_of(directive))
                filter.everything_ = *threshold;
            else
                filter.by_module_[std::string(directive)] = log::Level::trace;
            continue;
        }
        const auto threshold = threshold_of(directive.substr(equals + 1));
        if (!threshold)
            return Unexpected{UsageError("has \"" + std::string(directive) +
                                         "\", whose level is none of trace, debug, info, warn, "
                                         "error and off")};
        filter.by_module_[std::string(directive.substr(0, equals))] = *threshold;
    }
    return filter;
}

bool LogFilter::wants(std::string_view module, log::Level level) const noexcept {
    const auto own = by_module_.find(module);
    return reaches(own == by_module_.end() ? everything_ : own->second, level);
}

std::optional<log::Level> LogFilter::lowest() const noexcept {
    std::optional<log::Level> lowest = everything_;
    for (const auto& [module, threshold] : by_module_)
        if (threshold && (!lowest || *threshold < *lowest)) lowest = threshold;
    return lowest;
}

}  // namespace fz::app
