// Our version, and the version of upstream's gateway whose behaviour we promise.
#pragma once

#include <string_view>

namespace fz::app {

/// The project's, from CMakeLists.txt.
[[nodiscard]] std::string_view version() noexcept;

/// What the portal is told: it offers a client only gateways of the client's own minor version or
/// its neighbours, in upstream's numbering.
inline constexpr std::string_view kCompatibleVersion = "1.4.17";

}  // namespace fz::app
