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
/// The numbers are RUST_LOG's, too.
constexpr std::array kThresholds{
    Named{"trace", log::Level::trace}, Named{"debug", log::Level::debug},
    Named{"info", log::Level::info},   Named{"warn", log::Level::warn},
    Named{"error", log::Level::error}, Named{"off", std::nullopt},
    Named{"5", log::Level::trace},     Named{"4", log::Level::debug},
    Named{"3", log::Level::info},      Named{"2", log::Level::warn},
    Named{"1", log::Level::error},     Named{"0", std::nullopt},
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

/// "ice", "firezone_tunnel", "wire::net": the name of a module, ours or another program's.
bool is_target(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == ':';
    });
}

/// Takes the first directive off. Commas inside brackets, where fields of spans are, part nothing.
std::string_view take_directive(std::string_view& directives) noexcept {
    int depth = 0;
    std::size_t end = 0;
    for (; end < directives.size() && (depth > 0 || directives[end] != ','); ++end) {
        const char c = directives[end];
        if (c == '[' || c == '{' || c == '(') ++depth;
        if (c == ']' || c == '}' || c == ')') --depth;
    }
    const std::string_view directive = directives.substr(0, end);
    directives.remove_prefix(std::min(directives.size(), end + 1));
    return trimmed(directive);
}

}  // namespace

LogFilter LogFilter::parse(std::string_view directives) {
    LogFilter filter;
    while (!directives.empty()) {
        const std::string_view directive = take_directive(directives);
        if (directive.empty() || filter.add(directive)) continue;
        if (!filter.left_out_.empty()) filter.left_out_ += ',';
        filter.left_out_ += directive;
    }
    return filter;
}

bool LogFilter::add(std::string_view directive) {
    if (const auto level = threshold_of(directive)) {
        everything_ = *level;
        return true;
    }
    const std::string_view target = directive.substr(0, directive.find('='));
    const auto level = target.size() == directive.size()
                           ? Threshold(log::Level::trace)
                           : threshold_of(directive.substr(target.size() + 1));
    if (!level || !is_target(target)) return false;
    by_module_[std::string(target)] = *level;
    return true;
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
