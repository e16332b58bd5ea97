#include "base/json.h"

#include <array>
#include <cstdio>

#include "base/utf8.h"

namespace fz {
namespace {

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
    out += '"';
    for_each_utf8(
        text, [&out](char c) { append_ascii(out, c); },
        [&out](std::string_view character) { out += character; });
    out += '"';
}

std::string& JsonObject::value_of(std::string_view key) {
    append_quoted(separated(out_, first_), key);
    return out_ += ':';
}

std::string& JsonArray::next() { return separated(out_, first_); }

}  // namespace fz
