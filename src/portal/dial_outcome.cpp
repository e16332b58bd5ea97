#include "portal/dial_outcome.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/inplace_vector.h"

namespace fz::portal {
namespace {

using Words = InplaceVector<std::string_view, 8>;

/// The words between blanks, commas and hyphens; nothing if there are too many for a date.
std::optional<Words> words_of(std::string_view text) {
    Words words;
    while (true) {
        const auto begin = text.find_first_not_of(" \t,-");
        if (begin == std::string_view::npos) return words;
        if (words.full()) return std::nullopt;
        const auto end = std::min(text.find_first_of(" \t,-", begin), text.size());
        words.push_back(text.substr(begin, end - begin));
        text.remove_prefix(end);
    }
}

std::optional<unsigned> number(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<unsigned> month_number(std::string_view name) {
    static constexpr std::array<std::string_view, 12> kMonths{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto* found = std::find(kMonths.begin(), kMonths.end(), name);
    if (found == kMonths.end()) return std::nullopt;
    return static_cast<unsigned>(found - kMonths.begin()) + 1;
}

/// "08:49:37"
std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const auto h = number(text.substr(0, 2));
    const auto m = number(text.substr(3, 2));
    const auto s = number(text.substr(6, 2));
    if (!h || !m || !s || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
    return std::chrono::hours(*h) + std::chrono::minutes(*m) + std::chrono::seconds(*s);
}

/// RFC 9110 5.6.7. Two-digit years count from 2000: nobody schedules a retry for the last century.
std::optional<UnixSeconds> parse_http_date(std::string_view text) {
    const auto words = words_of(text);
    if (!words || words->size() < 5) return std::nullopt;
    const Words& w = *words;
    const bool asctime = month_number(w[1]).has_value();  // "Sun Nov  6 08:49:37 1994"
    const auto day = number(asctime ? w[2] : w[1]);       // "Sun, 06 Nov 1994 08:49:37 GMT"
    const auto month = month_number(asctime ? w[1] : w[2]);
    auto year = number(asctime ? w[4] : w[3]);
    const auto time = time_of_day(asctime ? w[3] : w[4]);
    if (!day || !month || !year || !time || *year > 9999) return std::nullopt;
    if (*year < 100) *year += 2000;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(*month), std::chrono::day(*day)};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + *time;
}

}  // namespace

Verdict verdict_on(DialFailure failure) noexcept {
    return failure == DialFailure::invalid_certificate ? Verdict::fatal : Verdict::retry;
}

Verdict verdict_on_status(unsigned http_status) noexcept {
    return http_status == 401 ? Verdict::fatal : Verdict::retry;
}

std::optional<Duration> parse_retry_after(std::string_view value, UnixTime now) noexcept {
    static constexpr std::chrono::seconds kLongest = std::chrono::hours(24);
    const auto begin = value.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return std::nullopt;
    value = value.substr(begin, value.find_last_not_of(" \t") - begin + 1);
    if (value.find_first_not_of("0123456789") == std::string_view::npos) {
        const auto seconds = number(value);  // one too long for the type is long, not wrong
        return std::min(std::chrono::seconds(seconds.value_or(UINT32_MAX)), kLongest);
    }
    const auto date = parse_http_date(value);
    if (!date) return std::nullopt;
    const auto wait = *date - std::chrono::floor<std::chrono::seconds>(now);
    return std::clamp<std::chrono::seconds>(wait, std::chrono::seconds{0}, kLongest);
}

}  // namespace fz::portal
