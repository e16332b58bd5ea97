#include "policy/authorizations.h"

#include <algorithm>
#include <utility>

namespace fz::policy {

void Authorizations::authorize(Resource resource, std::optional<UnixSeconds> expires_at) {
    const ResourceId id = resource.id;
    grants_.insert_or_assign(id, Grant{std::move(resource), expires_at});
}

bool Authorizations::remove(const ResourceId& id) { return grants_.erase(id) != 0; }

bool Authorizations::update_filters(const ResourceId& id, std::vector<Filter> filters) {
    const auto found = grants_.find(id);
    if (found == grants_.end() || found->second.resource.filters == filters) return false;
    found->second.resource.filters = std::move(filters);
    return true;
}

bool Authorizations::set_expiry(const ResourceId& id, std::optional<UnixSeconds> expires_at) {
    const auto found = grants_.find(id);
    if (found == grants_.end()) return false;
    found->second.expires_at = expires_at;
    return true;
}

bool Authorizations::retain(std::span<const ResourceId> ids) {
    return std::erase_if(grants_, [ids](const auto& grant) {
               return std::find(ids.begin(), ids.end(), grant.first) == ids.end();
           }) != 0;
}

bool Authorizations::expire(UnixTime now) {
    return std::erase_if(grants_, [now](const auto& grant) {
               return grant.second.expires_at && *grant.second.expires_at <= now;
           }) != 0;
}

std::optional<UnixSeconds> Authorizations::next_expiry() const noexcept {
    std::optional<UnixSeconds> next;
    for (const auto& [id, grant] : grants_)
        if (grant.expires_at && (!next || *grant.expires_at < *next)) next = grant.expires_at;
    return next;
}

Access Authorizations::compile(const TunnelAddresses& client,
                               const TunnelAddresses& gateway) const {
    std::vector<FilterTable::Entry> entries;
    InternetAccess internet = InternetAccess::refused;
    for (const auto& [id, grant] : grants_) {
        const Resource& resource = grant.resource;
        if (const auto* cidr = std::get_if<CidrTarget>(&resource.target))
            entries.push_back({cidr->network, resource.filters});
        if (std::holds_alternative<InternetTarget>(resource.target))
            internet = InternetAccess::granted;
    }
    return Access(client, gateway, FilterTable(entries), internet);
}

}  // namespace fz::policy
