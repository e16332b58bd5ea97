#include "sim/portal.h"

#include <algorithm>

namespace fz::sim {
namespace {

constexpr UnixSeconds kFarFuture{4'000'000'000s};

}  // namespace

portal::Init Portal::gateway_init() const {
    portal::Init init{{gateway_.addresses, {}, {}}, relays, {}, {}};
    for (const auto& [client, resource] : granted_)
        init.authorizations.push_back({client, resource, expires_at.value_or(kFarFuture)});
    return init;
}

portal::ClientInit Portal::client_init(const Device& client) const {
    portal::ClientInit init{{client.addresses, {}, {}}, {}, relays};
    for (const policy::Resource& resource : resources)
        init.resources.push_back({resource.id, resource.name, resource.target, {}, {}});
    return init;
}

std::string Portal::letters(std::size_t count) {
    std::string out;
    while (out.size() < count) out += static_cast<char>('a' + random_() % 26);
    return out;
}

const Portal::Introduction& Portal::introduction_of(const Device& client) {
    const auto known = introductions_.find(client.key);
    if (known != introductions_.end()) return known->second;
    std::array<std::byte, crypto::kKeySize> shared;
    for (std::byte& byte : shared) byte = static_cast<std::byte>(random_());
    Introduction fresh{crypto::Secret(shared),
                       {equal_ufrags ? "same" : letters(4), letters(22)},
                       {equal_ufrags ? "gate" : letters(4), letters(22)}};
    return introductions_.emplace(client.key, std::move(fresh)).first->second;
}

portal::AuthorizeFlow Portal::authorize(const Uuid& client_id, const Uuid& resource_id) {
    const Device& client = clients_.at(client_id);
    const Introduction& shared = introduction_of(client);
    std::string ref = "flow-" + std::to_string(flows_.size());
    flows_[ref] = {client_id, resource_id};
    granted_.emplace(client_id, resource_id);
    const auto resource =
        std::find_if(resources.begin(), resources.end(),
                     [&](const policy::Resource& known) { return known.id == resource_id; });
    return {std::move(ref),
            *resource,
            {client.id, client.key, shared.preshared_key, client.addresses},
            shared.client_ice,
            shared.gateway_ice,
            expires_at};
}

portal::FlowCreated Portal::created(const Uuid& client_id, const Uuid& resource_id) {
    const Introduction& shared = introduction_of(clients_.at(client_id));
    return {resource_id,       gateway_.id,        {},
            gateway_.key,      gateway_.addresses, shared.preshared_key,
            shared.client_ice, shared.gateway_ice};
}

std::vector<Addressed> Portal::hear(const Uuid& from, const portal::EgressMessage& message) {
    std::vector<Addressed> out;
    const auto forward = [&](const Uuid& to, auto content) {
        if (to == gateway_.id) {
            out.push_back({to, portal::GatewayIngress{std::move(content)}});
        } else {
            out.push_back({to, portal::ClientIngress{std::move(content)}});
        }
    };
    if (const auto* asked = std::get_if<portal::CreateFlow>(&message)) {
        ++flows_asked;
        if (refuses) {
            out.push_back({from, portal::ClientIngress{portal::FlowCreationFailed{
                                     asked->resource_id, portal::FlowFailure::forbidden, {}}}});
            return out;
        }
        out.push_back({gateway_.id, portal::GatewayIngress{authorize(from, asked->resource_id)}});
    } else if (const auto* authorized = std::get_if<portal::FlowAuthorized>(&message)) {
        ++flows_authorized;
        const Flow& flow = flows_.at(authorized->ref);
        out.push_back({flow.client, portal::ClientIngress{created(flow.client, flow.resource)}});
    } else if (const auto* added = std::get_if<portal::BroadcastIceCandidates>(&message)) {
        for (const Uuid& to : added->peers)
            forward(to, portal::IceCandidates{from, added->candidates});
    } else if (const auto* gone =
                   std::get_if<portal::BroadcastInvalidatedIceCandidates>(&message)) {
        for (const Uuid& to : gone->peers)
            forward(to, portal::InvalidateIceCandidates{from, gone->candidates});
    }
    return out;
}

}  // namespace fz::sim
