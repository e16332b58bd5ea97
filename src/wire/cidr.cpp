#include "wire/cidr.h"

#include <charconv>

namespace fz::wire {
namespace {

unsigned bits_of(Family family) noexcept { return family == Family::v4 ? 32 : 128; }

bool same_prefix(Bytes a, Bytes b, unsigned length) noexcept {
    const std::size_t whole = length / 8;
    for (std::size_t i = 0; i < whole; ++i)
        if (a[i] != b[i]) return false;
    const unsigned rest = length % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::byte>(0xff << (8 - rest));
    return (a[whole] & mask) == (b[whole] & mask);
}

bool host_bits_zero(Bytes address, unsigned length) noexcept {
    for (std::size_t bit = length; bit < address.size() * 8; ++bit)
        if ((address[bit / 8] & static_cast<std::byte>(0x80 >> (bit % 8))) != std::byte{0})
            return false;
    return true;
}

}  // namespace

std::optional<Cidr> Cidr::from(IpAddr base, unsigned length) noexcept {
    if (length > bits_of(base.family()) || !host_bits_zero(base.bytes(), length))
        return std::nullopt;
    return Cidr(base, static_cast<std::uint8_t>(length));
}

Cidr Cidr::host(IpAddr ip) noexcept {
    return Cidr(ip, static_cast<std::uint8_t>(bits_of(ip.family())));
}

std::optional<Cidr> Cidr::parse(std::string_view text) noexcept {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto base = IpAddr::parse(text.substr(0, slash));
    const std::string_view digits = text.substr(slash + 1);
    unsigned length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (!base || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return from(*base, length);
}

bool Cidr::contains(const IpAddr& ip) const noexcept {
    return ip.family() == base_.family() && same_prefix(base_.bytes(), ip.bytes(), length_);
}

bool Cidr::contains(const Cidr& inner) const noexcept {
    return length_ <= inner.length_ && contains(inner.base_);
}

std::string Cidr::to_string() const { return base_.to_string() + '/' + std::to_string(length_); }

}  // namespace fz::wire
