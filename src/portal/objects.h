// What several portal messages speak about: relays, tunnel addresses, ICE credentials.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/uuid.h"
#include "wire/ip_addr.h"

namespace fz::portal {

using RelayId = Uuid;
using GatewayId = Uuid;

/// Which kind of device we are towards the portal; decides the topic and the message set.
enum class Role : std::uint8_t { gateway, client };

/// What ICE calls ufrag and pwd.
struct IceCredentials {
    std::string username;
    std::string password;

    friend bool operator==(const IceCredentials&, const IceCredentials&) = default;
};

/// One TURN server; the portal's two entries of a dual-stack relay are one value here.
struct Relay {
    RelayId id;
    wire::PerFamily<wire::SocketAddr> addr;  ///< at least one
    std::string username;
    std::string password;
    UnixSeconds expires_at;

    friend bool operator==(const Relay&, const Relay&) = default;
};

/// The addresses a device has inside the tunnel.
struct TunnelAddresses {
    wire::IpAddr v4;
    wire::IpAddr v6;

    friend bool operator==(const TunnelAddresses&, const TunnelAddresses&) = default;
};

struct Interface {
    TunnelAddresses addresses;
    std::vector<wire::SocketAddr> upstream_dns;  ///< of use to clients only
    std::optional<std::string> search_domain;
};

/// An SDP candidate line without "a=", unparsed: its grammar belongs to ice/.
using Candidate = std::string;

}  // namespace fz::portal
