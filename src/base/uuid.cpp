#include "base/uuid.h"

#include <cstdint>

namespace fz {
namespace {

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr bool hyphen_before(std::size_t byte) noexcept {
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) noexcept {
    constexpr std::string_view kUrn = "urn:uuid:";
    if (text.size() == 38 && text.front() == '{' && text.back() == '}') {
        text = text.substr(1, 36);
    } else if (text.starts_with(kUrn) && text.size() == kUrn.size() + 36) {
        text.remove_prefix(kUrn.size());
    }
    const bool hyphenated = text.size() == 36;
    if (!hyphenated && text.size() != 32) return std::nullopt;

    Uuid id;
    std::size_t at = 0;
    for (std::size_t byte = 0; byte < id.bytes.size(); ++byte) {
        if (hyphenated && hyphen_before(byte) && text[at++] != '-') return std::nullopt;
        const int high = hex_value(text[at]);
        const int low = hex_value(text[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        id.bytes[byte] = static_cast<std::byte>(high << 4 | low);
        at += 2;
    }
    return id;
}

std::string Uuid::to_string() const {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t byte = 0; byte < bytes.size(); ++byte) {
        if (hyphen_before(byte)) text += '-';
        const auto value = std::to_integer<std::uint8_t>(bytes[byte]);
        text += kDigits[value >> 4];
        text += kDigits[value & 0xf];
    }
    return text;
}

}  // namespace fz
