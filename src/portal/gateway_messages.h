// Everything the portal says to a gateway, and everything a gateway says back.
//
// Times are civil seconds; `expires_at` without a value means never. Secrets travel as types that
// cannot be printed. Values are complete: what could not be read never becomes a message.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "crypto/keys.h"
#include "policy/resource.h"
#include "portal/objects.h"

namespace fz::portal {

// Portal to gateway.

/// One client may use one resource until then.
struct Authorization {
    policy::ClientId client_id;
    policy::ResourceId resource_id;
    UnixSeconds expires_at;
};

/// After every join, and whenever the account changes: the whole truth about who may do what.
struct Init {
    Interface interface;
    std::vector<Relay> relays;
    std::optional<std::string> account_slug;
    std::vector<Authorization> authorizations;
};

struct Client {
    policy::ClientId id;
    crypto::PublicKey public_key;
    crypto::PresharedKey preshared_key;
    TunnelAddresses addresses;
};

/// Let this client use this resource; answered with FlowAuthorized.
struct AuthorizeFlow {
    std::string ref;  ///< opaque, echoed
    policy::Resource resource;
    Client client;
    IceCredentials client_ice;
    IceCredentials gateway_ice;
    std::optional<UnixSeconds> expires_at;
};

struct RejectAccess {
    policy::ClientId client_id;
    policy::ResourceId resource_id;
};

/// Candidates of the other side: `peer` is a client to a gateway and a gateway to a client.
struct IceCandidates {
    Uuid peer;
    std::vector<Candidate> candidates;
};
struct InvalidateIceCandidates {
    Uuid peer;
    std::vector<Candidate> candidates;
};

/// First forget `disconnected`, then add `connected`: an id may stand in both.
struct RelaysPresence {
    std::vector<RelayId> disconnected;
    std::vector<Relay> connected;
};

struct ResourceUpdated {
    policy::Resource resource;
};

struct AccessExpiryUpdated {
    policy::ClientId client_id;
    policy::ResourceId resource_id;
    UnixSeconds expires_at;
};

/// A name that a client of 1.3 or older wants resolved, and the addresses it will use for it.
struct DomainRequest {
    std::string name;
    std::vector<wire::IpAddr> proxy_ips;
};

/// Deprecated (clients up to 1.3): like AuthorizeFlow, answered with ConnectionReady.
struct RequestConnection {
    std::string ref;
    policy::Resource resource;
    Client client;
    IceCredentials client_ice;
    std::optional<DomainRequest> domain;
    std::optional<UnixSeconds> expires_at;
};

/// Deprecated (clients up to 1.3): one more resource over the existing connection; no answer.
struct AllowAccess {
    std::string ref;
    policy::ClientId client_id;
    TunnelAddresses client_addresses;
    policy::Resource resource;
    std::optional<DomainRequest> domain;
    std::optional<UnixSeconds> expires_at;
};

using GatewayIngress = std::variant<Init, AuthorizeFlow, RejectAccess, IceCandidates,
                                    InvalidateIceCandidates, RelaysPresence, ResourceUpdated,
                                    AccessExpiryUpdated, RequestConnection, AllowAccess>;

// Gateway to portal.

struct FlowAuthorized {
    std::string ref;
};

/// New local candidates for these peers (clients of a gateway, gateways of a client).
struct BroadcastIceCandidates {
    std::vector<Uuid> peers;
    std::vector<Candidate> candidates;
};
/// Local candidates withdrawn.
struct BroadcastInvalidatedIceCandidates {
    std::vector<Uuid> peers;
    std::vector<Candidate> candidates;
};

/// Deprecated: the answer to RequestConnection, with the gateway's own ICE credentials.
struct ConnectionReady {
    std::string ref;
    IceCredentials gateway_ice;
};

}  // namespace fz::portal
