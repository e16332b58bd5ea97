// What a client hears and says beyond the messages it shares with gateways.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "crypto/keys.h"
#include "policy/resource.h"
#include "portal/gateway_messages.h"
#include "portal/objects.h"

namespace fz::portal {

// Portal to client.

enum class IpStack : std::uint8_t { dual, ipv4_only, ipv6_only };

/// A group of gateways that reach the same network.
struct Site {
    Uuid id;
    std::string name;
};

/// A resource as its user sees it: where it is, not which ports are open.
struct ClientResource {
    policy::ResourceId id;
    std::string name;
    std::variant<policy::CidrTarget, policy::DnsTarget, policy::InternetTarget> target;
    IpStack ip_stack = IpStack::dual;  ///< for DNS resources
    std::vector<Site> sites;
};

struct ClientInit {
    Interface interface;
    std::vector<ClientResource> resources;
    std::vector<Relay> relays;
};

struct ConfigChanged {
    Interface interface;
};

struct ResourceCreatedOrUpdated {
    ClientResource resource;
};

struct ResourceDeleted {
    policy::ResourceId id;
};

/// The answer to CreateFlow: this gateway, with these keys.
struct FlowCreated {
    policy::ResourceId resource_id;
    GatewayId gateway_id;
    Uuid site_id;
    crypto::PublicKey gateway_public_key;
    TunnelAddresses gateway_addresses;
    crypto::PresharedKey preshared_key;
    IceCredentials client_ice;
    IceCredentials gateway_ice;
};

enum class FlowFailure : std::uint8_t { not_found, offline, forbidden, unknown };

struct FlowCreationFailed {
    policy::ResourceId resource_id;
    FlowFailure reason = FlowFailure::unknown;
    std::vector<std::string> violated_properties;
};

using ClientIngress =
    std::variant<ClientInit, ConfigChanged, ResourceCreatedOrUpdated, ResourceDeleted, FlowCreated,
                 FlowCreationFailed, IceCandidates, InvalidateIceCandidates, RelaysPresence>;

// Client to portal.

struct CreateFlow {
    policy::ResourceId resource_id;
    std::vector<GatewayId> connected_gateways;
};

}  // namespace fz::portal
