// What the --help pages of our programs have in common.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace fz {

inline constexpr std::size_t kHelpWidth = 88;   ///< columns of a page
inline constexpr std::size_t kHelpIndent = 10;  ///< of what is said about an option

struct ExitStatus {
    int status;
    std::string_view when;  ///< "called wrongly": no capital, no full stop
};

/// Appends lines that begin with `indent` spaces and are broken between words.
void append_wrapped(std::string& page, std::string_view text, std::size_t indent);
/// Appends a heading and a line for each.
void append_exit_statuses(std::string& page, std::span<const ExitStatus> statuses);

}  // namespace fz
