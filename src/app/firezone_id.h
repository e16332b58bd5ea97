// Which gateway this is, across restarts: told, remembered, derived from the machine, or invented.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/expected.h"
#include "crypto/random.h"

namespace fz::app {

struct IdentityFiles {
    std::filesystem::path gateway_id = "/var/lib/firezone/gateway_id";
    std::filesystem::path machine_id = "/etc/machine-id";
};

/// The first that there is: the configured id; the content of the id file, which is an id or
/// {"id":"…"}; lower-hex HMAC-SHA256 of the machine id; 256 random bits, which are then written to
/// the id file (mode 0640, whole or not at all).
/// Errors: an id file that is there but cannot be read or holds no id, or could not be written.
/// Upstream 1.4 takes the whole JSON text of a file for the id; we do not.
[[nodiscard]] Expected<std::string> firezone_id(const std::optional<std::string>& configured,
                                                const IdentityFiles& files, crypto::Random& random);

}  // namespace fz::app
