// What this host is: the parts of the User-Agent, and a display name where none was configured.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/random.h"
#include "portal/user_agent.h"

namespace fz::app {

struct OsRelease {
    std::string id;          ///< "debian"; empty if not given
    std::string version_id;  ///< "12"
};

/// os-release(5): shell-like assignments, quoted or not.
[[nodiscard]] OsRelease parse_os_release(std::string_view text);

/// From /etc/os-release (else /usr/lib/os-release) and uname(2). Never fails; unknown stays empty.
[[nodiscard]] portal::UserAgentParts user_agent_parts();

/// As gethostname(2) has it; may be empty.
[[nodiscard]] std::string host_name();

/// The configured name, even if empty; else the host name; else a random UUID.
[[nodiscard]] std::string display_name(const std::optional<std::string>& configured,
                                       crypto::Random& random);

}  // namespace fz::app
