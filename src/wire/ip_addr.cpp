#include "wire/ip_addr.h"

#include <arpa/inet.h>

#include <charconv>

#include "base/assert.h"

namespace fz::wire {
namespace {

constexpr std::size_t kLongestAddressText = INET6_ADDRSTRLEN;

}  // namespace

IpAddr IpAddr::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) noexcept {
    IpAddr ip;
    ip.bytes_[0] = std::byte{a};
    ip.bytes_[1] = std::byte{b};
    ip.bytes_[2] = std::byte{c};
    ip.bytes_[3] = std::byte{d};
    return ip;
}

IpAddr IpAddr::from_bytes(Bytes bytes) noexcept {
    FZ_ASSERT(bytes.size() == 4 || bytes.size() == 16);
    IpAddr ip;
    ip.family_ = bytes.size() == 4 ? Family::v4 : Family::v6;
    std::memcpy(ip.bytes_.data(), bytes.data(), bytes.size());
    return ip;
}

IpAddr IpAddr::any(Family family) noexcept {
    IpAddr ip;
    ip.family_ = family;
    return ip;
}

std::optional<IpAddr> IpAddr::parse(std::string_view text) noexcept {
    if (text.size() >= kLongestAddressText) return std::nullopt;
    std::array<char, kLongestAddressText> c_string{};
    std::memcpy(c_string.data(), text.data(), text.size());
    IpAddr ip;
    if (inet_pton(AF_INET, c_string.data(), ip.bytes_.data()) == 1) return ip;
    ip.family_ = Family::v6;
    if (inet_pton(AF_INET6, c_string.data(), ip.bytes_.data()) == 1) return ip;
    return std::nullopt;
}

bool IpAddr::is_unspecified() const noexcept { return bytes_ == std::array<std::byte, 16>{}; }

bool IpAddr::is_loopback() const noexcept {
    if (is_v4()) return bytes_[0] == std::byte{127};
    std::array<std::byte, 16> one{};
    one[15] = std::byte{1};
    return bytes_ == one;
}

bool IpAddr::is_multicast() const noexcept {
    return is_v4() ? (bytes_[0] & std::byte{0xf0}) == std::byte{0xe0}
                   : bytes_[0] == std::byte{0xff};
}

bool IpAddr::is_link_local() const noexcept {
    return is_v4()
               ? bytes_[0] == std::byte{169} && bytes_[1] == std::byte{254}
               : bytes_[0] == std::byte{0xfe} && (bytes_[1] & std::byte{0xc0}) == std::byte{0x80};
}

bool IpAddr::is_v4_broadcast() const noexcept { return *this == v4(255, 255, 255, 255); }

std::string IpAddr::to_string() const {
    std::array<char, kLongestAddressText> text{};
    inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size());
    return text.data();
}

std::optional<SocketAddr> SocketAddr::parse(std::string_view text) noexcept {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);

    const auto ip = IpAddr::parse(host);
    if (!ip || ip->is_v6() != bracketed) return std::nullopt;
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return SocketAddr{*ip, port};
}

std::string SocketAddr::to_string() const {
    const std::string host = ip.is_v4() ? ip.to_string() : '[' + ip.to_string() + ']';
    return host + ':' + std::to_string(port);
}

}  // namespace fz::wire

std::size_t std::hash<fz::wire::IpAddr>::operator()(const fz::wire::IpAddr& ip) const noexcept {
    return std::hash<std::string_view>{}(fz::as_text(ip.bytes()));
}

std::size_t std::hash<fz::wire::SocketAddr>::operator()(
    const fz::wire::SocketAddr& addr) const noexcept {
    // 2^64 / golden ratio: spreads the port over all bits before it meets the address.
    return std::hash<fz::wire::IpAddr>{}(addr.ip) ^ (addr.port * std::size_t{0x9e3779b97f4a7c15});
}
