#include "base/utf8.h"

#include <array>
#include <cstdint>

namespace fz {
namespace {

/// Unicode's table 3-7: what may begin a character, and what may follow it first. All further bytes
/// are 80 to bf.
struct Form {
    std::uint8_t first_low, first_high;
    std::uint8_t second_low, second_high;
    std::size_t size;
};
constexpr std::array<Form, 8> kForms{{
    {0xc2, 0xdf, 0x80, 0xbf, 2},
    {0xe0, 0xe0, 0xa0, 0xbf, 3},  // nothing that fits into two bytes
    {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3},  // no surrogates
    {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4},  // nothing that fits into three
    {0xf1, 0xf3, 0x80, 0xbf, 4},
    {0xf4, 0xf4, 0x80, 0x8f, 4},  // nothing beyond U+10FFFF
}};

std::uint8_t byte_at(std::string_view text, std::size_t index) noexcept {
    return static_cast<std::uint8_t>(text[index]);
}

}  // namespace

std::size_t utf8_size(std::string_view text) noexcept {
    if (byte_at(text, 0) < 0x80) return 1;
    for (const Form& form : kForms) {
        if (byte_at(text, 0) < form.first_low || byte_at(text, 0) > form.first_high) continue;
        if (text.size() < form.size) return 0;
        if (byte_at(text, 1) < form.second_low || byte_at(text, 1) > form.second_high) return 0;
        for (std::size_t i = 2; i < form.size; ++i)
            if (byte_at(text, i) < 0x80 || byte_at(text, i) > 0xbf) return 0;
        return form.size;
    }
    return 0;
}

}  // namespace fz
