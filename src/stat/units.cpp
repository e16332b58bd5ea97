#include "stat/units.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace fz::stat {
namespace {

std::string print(const char* format, double number) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), format, number);
    return text.data();
}

/// Three significant digits of what is below 1000.
std::string three_digits(double number) {
    if (number >= 99.95) return print("%.0f", number);
    return print(number >= 9.995 ? "%.1f" : "%.2f", number);
}

}  // namespace

std::string human(double number) {
    constexpr std::array kPrefixes{"", " k", " M", " G", " T"};
    if (number <= 0) return "0";
    std::size_t prefix = 0;
    for (; number >= 999.5 && prefix + 1 < kPrefixes.size(); ++prefix) number /= 1000;
    if (prefix == 0 && number == std::floor(number)) return print("%.0f", number);
    return three_digits(number) + kPrefixes[prefix];
}

std::string human(double number, std::string_view unit) {
    std::string text = human(number);
    if (text.find(' ') == std::string::npos) text += ' ';
    return text += unit;
}

std::string percent(double share) {
    const double hundredths = 100 * share;
    return print(hundredths >= 0.05 && hundredths < 9.95 ? "%.1f %%" : "%.0f %%", hundredths);
}

std::string lasting(Duration duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    const auto pair = [](long long first, const char* unit, long long second, const char* smaller) {
        std::string text = std::to_string(first) + unit;
        if (second > 0) text += ' ' + std::to_string(second) + smaller;
        return text;
    };
    if (seconds < 60) return std::to_string(std::max<long long>(seconds, 0)) + " s";
    if (seconds < 3600) return pair(seconds / 60, " min", seconds % 60, " s");
    if (seconds < 86400) return pair(seconds / 3600, " h", seconds % 3600 / 60, " min");
    return pair(seconds / 86400, " d", seconds % 86400 / 3600, " h");
}

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ' ');
    return text;
}

std::string harmless(std::string_view text) {
    std::string shown(text);
    for (char& c : shown) {
        const auto byte = static_cast<unsigned char>(c);
        // C1 controls only exist as the second byte of UTF-8; names here are ASCII or UTF-8 words.
        if (byte < 0x20 || byte == 0x7f || byte == 0x9b || byte == 0xc2) c = '?';
    }
    return shown;
}

}  // namespace fz::stat
