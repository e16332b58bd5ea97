// IP addresses and socket addresses of either family, as values.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace fz::wire {

enum class Family : std::uint8_t { v4, v6 };

/// Sixteen bytes in network order (IPv4 uses the first four, the rest is zero) and a family.
/// The default value is 0.0.0.0.
class IpAddr {
  public:
    constexpr IpAddr() = default;
    [[nodiscard]] static IpAddr v4(std::uint8_t a, std::uint8_t b, std::uint8_t c,
                                   std::uint8_t d) noexcept;
    /// `bytes` in network order: 4 for IPv4, 16 for IPv6; any other length is a bug of the caller.
    [[nodiscard]] static IpAddr from_bytes(Bytes bytes) noexcept;
    [[nodiscard]] static IpAddr any(Family family) noexcept;
    /// Plain text without brackets, zone or port; "1.2.3.4", "2001:db8::1".
    [[nodiscard]] static std::optional<IpAddr> parse(std::string_view text) noexcept;

    [[nodiscard]] Family family() const noexcept { return family_; }
    [[nodiscard]] bool is_v4() const noexcept { return family_ == Family::v4; }
    [[nodiscard]] bool is_v6() const noexcept { return family_ == Family::v6; }
    /// The address in network order: 4 or 16 bytes.
    [[nodiscard]] Bytes bytes() const noexcept {
        return Bytes(bytes_).first(is_v4() ? std::size_t{4} : std::size_t{16});
    }

    [[nodiscard]] bool is_unspecified() const noexcept;
    [[nodiscard]] bool is_loopback() const noexcept;
    [[nodiscard]] bool is_multicast() const noexcept;
    [[nodiscard]] bool is_link_local() const noexcept;
    [[nodiscard]] bool is_v4_broadcast() const noexcept;

    [[nodiscard]] std::string to_string() const;

    friend constexpr auto operator<=>(const IpAddr&, const IpAddr&) = default;

  private:
    Family family_ = Family::v4;
    std::array<std::byte, 16> bytes_{};
};

/// An address and a UDP or TCP port.
struct SocketAddr {
    IpAddr ip;
    std::uint16_t port = 0;

    /// "1.2.3.4:3478" or "[2001:db8::1]:3478".
    [[nodiscard]] static std::optional<SocketAddr> parse(std::string_view text) noexcept;
    [[nodiscard]] Family family() const noexcept { return ip.family(); }
    [[nodiscard]] std::string to_string() const;

    friend constexpr auto operator<=>(const SocketAddr&, const SocketAddr&) = default;
};

/// One optional address per family: the shape of tunnel addresses, relay sockets and allocations.
template <typename T>
struct PerFamily {
    std::optional<T> v4;
    std::optional<T> v6;

    [[nodiscard]] std::optional<T>& of(Family family) noexcept {
        return family == Family::v4 ? v4 : v6;
    }
    [[nodiscard]] const std::optional<T>& of(Family family) const noexcept {
        return family == Family::v4 ? v4 : v6;
    }
    friend bool operator==(const PerFamily&, const PerFamily&) = default;
};

}  // namespace fz::wire

template <>
struct std::hash<fz::wire::IpAddr> {
    std::size_t operator()(const fz::wire::IpAddr& ip) const noexcept;
};
template <>
struct std::hash<fz::wire::SocketAddr> {
    std::size_t operator()(const fz::wire::SocketAddr& addr) const noexcept;
};
