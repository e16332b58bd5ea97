// The networks that are not the Internet: a grant of "the Internet" does not open the gateway's
// own.
#pragma once

#include "wire/ip_addr.h"

namespace fz::policy {

/// Private, shared, loopback, link-local, multicast, reserved and unspecified addresses:
/// 0/8, 10/8, 100.64/10, 127/8, 169.254/16, 172.16/12, 192.168/16, 224/4, 240/4;
/// ::, ::1, ::ffff:0:0/96, fc00::/7, fe80::/10, ff00::/8 (RFC 6890, RFC 4291).
[[nodiscard]] bool is_special(const wire::IpAddr& ip) noexcept;

}  // namespace fz::policy
