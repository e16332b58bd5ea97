// Who the generator plays: key pairs to be introduced to the portal, and what comes back of it.
#pragma once

#include <string>
#include <vector>

#include "base/expected.h"
#include "crypto/keys.h"
#include "crypto/random.h"
#include "ice/credentials.h"
#include "wire/ip_addr.h"

namespace fz::load {

/// {"identities": [...]} with `count` fresh key pairs.
[[nodiscard]] std::string make_identities(std::size_t count, crypto::Random& random);

/// One line of a peers file: all that a client must know of itself and of its gateway.
struct Identity {
    crypto::KeyPair keys;
    crypto::PresharedKey preshared_key;
    crypto::PublicKey gateway_key;
    ice::Credentials client_ice;
    ice::Credentials gateway_ice;
    wire::IpAddr ipv4;  ///< inside the tunnel
    wire::IpAddr ipv6;
};

/// Reads the portal's peers file. Errors: it cannot be read, or a line is not as it should be.
[[nodiscard]] Expected<std::vector<Identity>> read_peers(const std::string& path);

}  // namespace fz::load
