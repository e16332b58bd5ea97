// What a failed attempt to reach the portal means, and what its Retry-After header asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace fz::portal {

enum class DialFailure : std::uint8_t {
    name_lookup,
    tcp,
    timeout,              ///< of TCP, TLS and upgrade together
    tls,                  ///< any TLS failure but the next
    invalid_certificate,  ///< somebody else answers in the portal's name
    upgrade,              ///< not HTTP, or 101 with a wrong Sec-WebSocket-Accept
};

enum class Verdict : std::uint8_t { retry, fatal };

[[nodiscard]] Verdict verdict_on(DialFailure failure) noexcept;
/// Only 401 is fatal: 409 means that the portal still sees our old connection, 503 and 429 that we
/// came too soon, and everything else may be somebody's bad day.
[[nodiscard]] Verdict verdict_on_status(unsigned http_status) noexcept;

/// The value of a Retry-After header (RFC 9110 10.2.3): seconds, or an HTTP date in any of its
/// three spellings. Units: 0 s (also for a date in the past) to 24 h. Nothing if it is neither.
[[nodiscard]] std::optional<Duration> parse_retry_after(std::string_view value,
                                                        UnixTime now) noexcept;

}  // namespace fz::portal
