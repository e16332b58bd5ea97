#include "base/json.h"

#include <array>
#include <cstdint>
#include <cstdio>

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

/// The length of the character above ASCII that `text` begins with; 0 if it begins with none.
std::size_t character_size(std::string_view text) noexcept {
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

void append_ascii(std::string& out, char c) {
    if (c == '"' || c == '\\') {
        (out += '\\') += c;
    } else if (c == '\n') {
        out += "\\n";
    } else if (c < 0x20 || c == 0x7f) {
        std::array<char, 8> escape{};
        std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
        out += escape.data();
    } else {
        out += c;
    }
}

std::string& separated(std::string& out, bool& first) {
    if (!first) out += ',';
    first = false;
    return out;
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
    constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
    out += '"';
    while (!text.empty()) {
        std::size_t size = 1;
        if (byte_at(text, 0) < 0x80) {
            append_ascii(out, text.front());
        } else if (const std::size_t known = character_size(text); known != 0) {
            size = known;
            out += text.substr(0, size);
        } else {
            out += kReplacement;
        }
        text.remove_prefix(size);
    }
    out += '"';
}

std::string& JsonObject::value_of(std::string_view key) {
    append_quoted(separated(out_, first_), key);
    return out_ += ':';
}

std::string& JsonArray::next() { return separated(out_, first_); }

}  // namespace fz
