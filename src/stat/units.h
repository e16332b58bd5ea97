// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace fz::stat {

/// Three significant digits and a prefix of the SI: "0", "17.5", "340 k", "1.21 G".
[[nodiscard]] std::string human(double number);
/// The same with a unit behind the prefix: "340 kbit/s", "0 bit/s".
[[nodiscard]] std::string human(double number, std::string_view unit);
/// "12 %"; "0.4 %" where it is small.
[[nodiscard]] std::string percent(double share);
/// "3 s", "12 min 5 s", "3 h 2 min", "5 d 4 h".
[[nodiscard]] std::string lasting(Duration duration);
/// With a blank between groups of three digits.
[[nodiscard]] std::string grouped(std::uint64_t number);
/// What a terminal may show of text that others chose: control characters become '?'.
[[nodiscard]] std::string harmless(std::string_view text);

}  // namespace fz::stat
