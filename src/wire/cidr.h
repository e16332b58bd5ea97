// A network prefix: an address whose host bits are zero, and a length.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/ip_addr.h"

namespace fz::wire {

class Cidr {
  public:
    /// Nothing if `length` exceeds the family's bits or a host bit is set.
    [[nodiscard]] static std::optional<Cidr> from(IpAddr base, unsigned length) noexcept;
    /// The network of one address: /32 or /128.
    [[nodiscard]] static Cidr host(IpAddr ip) noexcept;
    /// "10.20.0.0/16": the slash is required, host bits must be zero.
    [[nodiscard]] static std::optional<Cidr> parse(std::string_view text) noexcept;

    [[nodiscard]] const IpAddr& base() const noexcept { return base_; }
    [[nodiscard]] std::uint8_t length() const noexcept { return length_; }
    [[nodiscard]] bool contains(const IpAddr& ip) const noexcept;
    /// True if every address of `inner` lies in this network.
    [[nodiscard]] bool contains(const Cidr& inner) const noexcept;
    [[nodiscard]] std::string to_string() const;

    friend auto operator<=>(const Cidr&, const Cidr&) = default;

  private:
    Cidr(IpAddr base, std::uint8_t length) noexcept : base_(base), length_(length) {}

    IpAddr base_;
    std::uint8_t length_;
};

}  // namespace fz::wire
