// The id a device keeps in a file, so that the portal knows it again after a restart.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/random.h"

namespace fz::portal {

/// The id in such a file: the "id" of a JSON object, or else the whole text without the white space
/// around it. Nothing if that leaves nothing.
///
/// The upstream of our protocol level took the JSON text itself for the id, so its gateways changed
/// their identity with the first restart; later ones read it as we do.
[[nodiscard]] std::optional<std::string> read_firezone_id(std::string_view file);

/// The content of a new file: `{"id":"…"}`.
[[nodiscard]] std::string firezone_id_file(std::string_view id);

/// 64 hex digits.
[[nodiscard]] std::string new_firezone_id(crypto::Random& random);

}  // namespace fz::portal
