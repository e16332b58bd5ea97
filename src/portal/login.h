// Where a device logs in: one URL that carries its identity.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.h"
#include "crypto/keys.h"
#include "portal/objects.h"

namespace fz::portal {

struct Login {
    Role role = Role::gateway;
    std::string api_url;      ///< "wss://api.firezone.dev"; any query in it is discarded
    std::string token;        ///< opaque; white space in it is an accident and is removed
    std::string firezone_id;  ///< see external_id()
    std::string name;         ///< display name, may be empty
    crypto::PublicKey public_key;
    std::optional<std::string> device_serial;  ///< clients only
    std::optional<std::string> device_uuid;    ///< clients only
};

enum class Scheme : std::uint8_t { ws, wss };

/// What a dialler needs. Shape: `host` is a name or an address without brackets, lower case;
/// `path_and_query` holds the token, so it is as secret as the token.
struct LoginUrl {
    Scheme scheme = Scheme::wss;
    std::string host;
    std::uint16_t port = 443;
    std::string path_and_query;
    std::string host_header;  ///< without the port, IPv6 addresses in brackets
};

/// Errors: one sentence that never quotes the token.
[[nodiscard]] Expected<LoginUrl> login_url(const Login& login);

/// The identity the portal knows us by: the lower-hex SHA-256 of an id that is a UUID in any
/// spelling, every other id unchanged.
[[nodiscard]] std::string external_id(std::string_view firezone_id);

/// application/x-www-form-urlencoded as the WHATWG URL standard serialises one value.
[[nodiscard]] std::string form_urlencode(std::string_view value);

}  // namespace fz::portal
