// How we introduce ourselves in HTTP; the portal reads our version from it.
#pragma once

#include <string>
#include <string_view>

namespace fz::portal {

struct UserAgentParts {
    std::string os_type;     ///< "Debian", see os_type_of()
    std::string os_version;  ///< "12.0.0", see normalized_os_version()
    std::string version;     ///< ours, three-part SemVer: the portal matches clients by it
    std::string arch;        ///< `uname -m`; may be empty
    std::string kernel;      ///< `uname -r`; may be empty
};

/// "Debian/12.0.0 connlib/1.4.17 (x86_64; 6.1.0-18-amd64)", printable ASCII only.
[[nodiscard]] std::string user_agent(const UserAgentParts& parts);

/// The name upstream uses for an os-release ID: "alpine" is "Alpine Linux"; unknown ones "Linux".
[[nodiscard]] std::string_view os_type_of(std::string_view os_release_id) noexcept;

/// "22.04" becomes "22.4.0", "12" becomes "12.0.0"; what is not one to three numbers stays as it
/// is, and nothing becomes "Unknown".
[[nodiscard]] std::string normalized_os_version(std::string_view version_id);

}  // namespace fz::portal
