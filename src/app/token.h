// Where the portal token comes from when the command line and FIREZONE_TOKEN do not say.
#pragma once

#include <string>

#include "app/config.h"
#include "app/usage_error.h"
#include "base/expected.h"

namespace fz::app {

/// The configured token, else the systemd credential FIREZONE_TOKEN without surrounding white
/// space (`LoadCredential=FIREZONE_TOKEN:/path`).
/// Errors: there is neither, or the credential cannot be read or is empty.
[[nodiscard]] Expected<std::string, UsageError> token_of(const PortalOptions& options);

}  // namespace fz::app
