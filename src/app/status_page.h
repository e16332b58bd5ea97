// The page that `GET /` of the status address shows: status_page.html, as it was when we were
// built.
#pragma once

#include <string_view>

namespace fz::app {

[[nodiscard]] std::string_view status_page() noexcept;

/// Its Content-Security-Policy: nothing from elsewhere, nothing to elsewhere, and no script and no
/// style but the page's own.
[[nodiscard]] std::string_view status_page_policy();

}  // namespace fz::app
