#include "stat/table.h"

#include <algorithm>

namespace fz::stat {
namespace {

constexpr std::size_t kGap = 2;

std::string padded(const std::string& cell, std::size_t width, bool text) {
    const std::string blanks(width - std::min(width, width_of(cell)), ' ');
    return text ? cell + blanks : blanks + cell;
}

/// Drops characters from the end until it fits.
std::string cut(std::string line, std::size_t width) {
    while (width_of(line) > width) {
        do {
            line.pop_back();
        } while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xc0U) == 0x80U);
        if (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xc0U) == 0xc0U)
            line.pop_back();
    }
    return line;
}

}  // namespace

std::size_t width_of(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

std::vector<std::size_t> Table::widths() const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t width = width_of(columns_[i].heading);
        for (const auto& row : rows_) width = std::max(width, width_of(row[i]));
        widths.push_back(width);
    }
    return widths;
}

std::vector<std::string> Table::lines(std::size_t width) const {
    const std::vector<std::size_t> widths = this->widths();
    std::vector<std::size_t> shown(columns_.size());
    for (std::size_t i = 0; i < shown.size(); ++i) shown[i] = i;
    const auto total = [&] {
        std::size_t sum = 0;
        for (const std::size_t i : shown) sum += widths[i] + kGap;
        return sum - kGap;
    };
    while (shown.size() > 1 && total() > width)
        shown.erase(std::min_element(shown.begin() + 1, shown.end(), [&](auto a, auto b) {
            return columns_[a].matters < columns_[b].matters;
        }));
    std::vector<std::string> lines;
    const auto add_line = [&](auto cell_of) {
        std::string line;
        for (const std::size_t i : shown) {
            if (!line.empty()) line += std::string(kGap, ' ');
            line += padded(cell_of(i), widths[i], columns_[i].text);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        lines.push_back(cut(std::move(line), width));
    };
    add_line([&](std::size_t i) { return columns_[i].heading; });
    for (const auto& row : rows_) add_line([&](std::size_t i) { return row[i]; });
    return lines;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width, std::size_t indent) {
    std::vector<std::string> lines;
    std::string line;
    const std::string margin(indent, ' ');
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        const bool first = line.empty() || line == margin;
        if (!first && width_of(line) + 1 + width_of(word) > width) {
            lines.push_back(std::move(line));
            line = margin;
        } else if (!first) {
            line += ' ';
        }
        line += word;
    }
    if (!line.empty()) lines.push_back(std::move(line));
    for (std::string& each : lines) each = cut(std::move(each), width);
    return lines;
}

}  // namespace fz::stat
