// The page that `GET /` of the status address shows: status_page.html, as it was when we were
// built.
#pragma once

#include <string_view>

namespace fz::app {

[[nodiscard]] std::string_view status_page() noexcept;

/// Nothing from elsewhere, and nothing to elsewhere.
inline constexpr std::string_view kStatusPagePolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src "
    "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace fz::app
