// Text of unknown origin, character by character: the wire and fixed fields may cut one in two.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fz {

/// U+FFFD, which stands for what is no character.
inline constexpr std::string_view kReplacementCharacter = "\xef\xbf\xbd";

/// The length of the well-formed character that `text`, which is not empty, begins with; 0 if it
/// begins with none.
[[nodiscard]] std::size_t utf8_size(std::string_view text) noexcept;

/// Calls `ascii(char)` and `other(std::string_view)` for each character in turn; bytes that belong
/// to none are handed over as replacement characters.
template <typename Ascii, typename Other>
void for_each_utf8(std::string_view text, Ascii ascii, Other other) {
    while (!text.empty()) {
        const std::size_t size = utf8_size(text);
        if (size == 0)
            other(kReplacementCharacter);
        else if (size == 1)
            ascii(text.front());
        else
            other(text.substr(0, size));
        text.remove_prefix(size == 0 ? 1 : size);
    }
}

}  // namespace fz
