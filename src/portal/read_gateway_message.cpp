#include <array>
#include <string>

#include "portal/read_message.h"
#include "portal/read_objects.h"

namespace fz::portal {
namespace {

Authorization read_authorization(const Json& json, Trouble& trouble) {
    const Fields in{&json, "authorizations", trouble};
    return {in.get<policy::ClientId>("client_id"), in.get<policy::ResourceId>("resource_id"),
            in.get<UnixSeconds>("expires_at")};
}

std::optional<DomainRequest> read_domain(const Fields& in, std::string_view key) {
    const auto domain = in.maybe_object(key);
    if (!domain) return std::nullopt;
    const auto read_ip = [](const Json& json, Trouble& trouble) {
        std::optional<wire::IpAddr> ip;
        scalar(json, ip);
        if (!ip) trouble.at("proxy_ips");
        return ip.value_or(wire::IpAddr{});
    };
    return DomainRequest{domain->get<std::string>("name"),
                         read_each(domain->array("proxy_ips"), "proxy_ips", read_ip)};
}

Client read_client(policy::ClientId id, const Fields& in) {
    return {id, in.get<crypto::PublicKey>("public_key"),
            in.get<crypto::PresharedKey>("preshared_key"), read_addresses(in, "ipv4", "ipv6")};
}

GatewayIngress read_init(const Fields& in) {
    // `config` asks upstream's gateways about masquerading; they ignore it and so do we.
    return Init{read_interface(in.object("interface")), read_relays(in.maybe_array("relays")),
                in.maybe<std::string>("account_slug"),
                read_each(in.maybe_array("authorizations"), "authorizations", read_authorization)};
}

GatewayIngress read_authorize_flow(const Fields& in) {
    const Fields client = in.object("client");
    return AuthorizeFlow{in.get<std::string>("ref"),
                         read_resource(in.object("resource")),
                         read_client(client.get<policy::ClientId>("id"), client),
                         read_ice_credentials(in.object("client_ice_credentials")),
                         read_ice_credentials(in.object("gateway_ice_credentials")),
                         in.nullable<UnixSeconds>("expires_at")};
}

GatewayIngress read_reject_access(const Fields& in) {
    return RejectAccess{in.get<policy::ClientId>("client_id"),
                        in.get<policy::ResourceId>("resource_id")};
}

GatewayIngress read_ice_candidates(const Fields& in) {
    return read_candidates_of<IceCandidates>(in, "client_id");
}

GatewayIngress read_invalidate_ice_candidates(const Fields& in) {
    return read_candidates_of<InvalidateIceCandidates>(in, "client_id");
}

GatewayIngress read_presence(const Fields& in) { return read_relays_presence(in); }

GatewayIngress read_resource_updated(const Fields& in) {
    return ResourceUpdated{read_resource(in)};
}

GatewayIngress read_expiry_updated(const Fields& in) {
    return AccessExpiryUpdated{in.get<policy::ClientId>("client_id"),
                               in.get<policy::ResourceId>("resource_id"),
                               in.get<UnixSeconds>("expires_at")};
}

GatewayIngress read_request_connection(const Fields& in) {
    const Fields client = in.object("client");
    const Fields payload = client.object("payload");
    return RequestConnection{in.get<std::string>("ref"),
                             read_resource(in.object("resource")),
                             read_client(client.get<policy::ClientId>("id"), client.object("peer")),
                             read_ice_credentials(payload.object("ice_parameters")),
                             read_domain(payload, "domain"),
                             in.nullable<UnixSeconds>("expires_at")};
}

GatewayIngress read_allow_access(const Fields& in) {
    return AllowAccess{in.get<std::string>("ref"),
                       in.get<policy::ClientId>("client_id"),
                       read_addresses(in, "client_ipv4", "client_ipv6"),
                       read_resource(in.object("resource")),
                       read_domain(in, "payload"),
                       in.nullable<UnixSeconds>("expires_at")};
}

struct Event {
    std::string_view name;
    GatewayIngress (*read)(const Fields&);
};
constexpr std::array kEvents{
    Event{"init", read_init},
    Event{"authorize_flow", read_authorize_flow},
    Event{"reject_access", read_reject_access},
    Event{"ice_candidates", read_ice_candidates},
    Event{"invalidate_ice_candidates", read_invalidate_ice_candidates},
    Event{"relays_presence", read_presence},
    Event{"resource_updated", read_resource_updated},
    Event{"access_authorization_expiry_updated", read_expiry_updated},
    Event{"request_connection", read_request_connection},
    Event{"allow_access", read_allow_access},
};

}  // namespace

std::optional<GatewayIngress> read_gateway_message(std::string_view event, const Json& payload,
                                                   Trouble& trouble) {
    for (const Event& known : kEvents)
        if (known.name == event) return known.read(Fields{&payload, "payload", trouble});
    return std::nullopt;
}

}  // namespace fz::portal
