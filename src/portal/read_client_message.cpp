#include <array>
#include <string>

#include "portal/read_message.h"
#include "portal/read_objects.h"

namespace fz::portal {
namespace {

IpStack read_ip_stack(const Fields& in) {
    const auto name = in.maybe<std::string>("ip_stack");
    if (!name || *name == "dual") return IpStack::dual;
    if (*name == "ipv4_only") return IpStack::ipv4_only;
    if (*name == "ipv6_only") return IpStack::ipv6_only;
    in.reject("ip_stack");
    return IpStack::dual;
}

ClientResource read_client_resource(const Fields& in) {
    const auto read_site = [](const Json& json, Trouble& trouble) {
        const Fields site{&json, "gateway_groups", trouble};
        return Site{site.get<Uuid>("id"), site.get<std::string>("name")};
    };
    ClientResource resource{
        .id = in.get<policy::ResourceId>("id"),
        .name = in.maybe<std::string>("name").value_or(""),
        .target = read_target(in),
        .ip_stack = read_ip_stack(in),
        .sites = read_each(in.array("gateway_groups"), "gateway_groups", read_site)};
    if (resource.name.empty() && std::holds_alternative<policy::InternetTarget>(resource.target))
        resource.name = "Internet Resource";
    return resource;
}

ClientIngress read_init(const Json& payload, Trouble& trouble) {
    const Fields in{&payload, "payload", trouble};
    const auto read_entry = [](const Json& json, Trouble& inner) {
        return read_client_resource(Fields{&json, "resources", inner});
    };
    return ClientInit{read_interface(in.object("interface")),
                      read_each(in.maybe_array("resources"), "resources", read_entry),
                      read_relays(in.maybe_array("relays"))};
}

ClientIngress read_config_changed(const Json& payload, Trouble& trouble) {
    const Fields in{&payload, "payload", trouble};
    return ConfigChanged{read_interface(in.object("interface"))};
}

ClientIngress read_resource_created(const Json& payload, Trouble& trouble) {
    return ResourceCreatedOrUpdated{read_client_resource(Fields{&payload, "payload", trouble})};
}

ClientIngress read_resource_deleted(const Json& payload, Trouble& trouble) {
    std::optional<policy::ResourceId> id;  // the payload is the bare id
    scalar(payload, id);
    if (!id) trouble.at("payload");
    return ResourceDeleted{id.value_or(policy::ResourceId{})};
}

ClientIngress read_flow_created(const Json& payload, Trouble& trouble) {
    const Fields in{&payload, "payload", trouble};
    return FlowCreated{in.get<policy::ResourceId>("resource_id"),
                       in.get<GatewayId>("gateway_id"),
                       in.get<Uuid>("gateway_group_id"),
                       in.get<crypto::PublicKey>("gateway_public_key"),
                       read_addresses(in, "gateway_ipv4", "gateway_ipv6"),
                       in.get<crypto::PresharedKey>("preshared_key"),
                       read_ice_credentials(in.object("client_ice_credentials")),
                       read_ice_credentials(in.object("gateway_ice_credentials"))};
}

FlowFailure failure_named(std::string_view reason) {
    if (reason == "not_found") return FlowFailure::not_found;
    if (reason == "offline") return FlowFailure::offline;
    if (reason == "forbidden") return FlowFailure::forbidden;
    return FlowFailure::unknown;
}

ClientIngress read_flow_failed(const Json& payload, Trouble& trouble) {
    const Fields in{&payload, "payload", trouble};
    const auto read_property = [](const Json& json, Trouble& inner) {
        std::optional<std::string> name;
        scalar(json, name);
        if (!name) inner.at("violated_properties");
        return std::move(name).value_or(std::string{});
    };
    return FlowCreationFailed{
        in.get<policy::ResourceId>("resource_id"), failure_named(in.get<std::string>("reason")),
        read_each(in.maybe_array("violated_properties"), "violated_properties", read_property)};
}

ClientIngress read_ice_candidates(const Json& payload, Trouble& trouble) {
    return read_candidates_of<IceCandidates>(Fields{&payload, "payload", trouble}, "gateway_id");
}

ClientIngress read_invalidate_ice_candidates(const Json& payload, Trouble& trouble) {
    return read_candidates_of<InvalidateIceCandidates>(Fields{&payload, "payload", trouble},
                                                       "gateway_id");
}

ClientIngress read_presence(const Json& payload, Trouble& trouble) {
    return read_relays_presence(Fields{&payload, "payload", trouble});
}

struct Event {
    std::string_view name;
    ClientIngress (*read)(const Json&, Trouble&);
};
constexpr std::array kEvents{
    Event{"init", read_init},
    Event{"config_changed", read_config_changed},
    Event{"resource_created_or_updated", read_resource_created},
    Event{"resource_deleted", read_resource_deleted},
    Event{"flow_created", read_flow_created},
    Event{"flow_creation_failed", read_flow_failed},
    Event{"ice_candidates", read_ice_candidates},
    Event{"invalidate_ice_candidates", read_invalidate_ice_candidates},
    Event{"relays_presence", read_presence},
};

}  // namespace

std::optional<ClientIngress> read_client_message(std::string_view event, const Json& payload,
                                                 Trouble& trouble) {
    for (const Event& known : kEvents)
        if (known.name == event) return known.read(payload, trouble);
    return std::nullopt;
}

}  // namespace fz::portal
