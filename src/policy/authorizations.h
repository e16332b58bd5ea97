// What the portal has granted to one client, until when; compiled into an Access after each change.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/time.h"
#include "policy/access.h"
#include "policy/resource.h"

namespace fz::policy {

/// Control-thread state. Functions that return bool say whether anything changed, that is, whether
/// the compiled Access is out of date.
class Authorizations {
  public:
    /// Grants a resource until `expires_at`, or for good. A known id is replaced whole: the newer
    /// message wins in filters, target and expiry. (Upstream kept the first expiry for long.)
    void authorize(Resource resource, std::optional<UnixSeconds> expires_at);
    bool remove(const ResourceId& id);
    bool update_filters(const ResourceId& id, std::vector<Filter> filters);
    /// False for an unknown id; the compiled Access does not depend on it.
    bool set_expiry(const ResourceId& id, std::optional<UnixSeconds> expires_at);
    /// Removes every resource that is not in `ids`.
    bool retain(std::span<const ResourceId> ids);
    /// Removes what has expired: a grant is good while its expiry lies after `now`.
    bool expire(UnixTime now);

    [[nodiscard]] bool empty() const noexcept { return grants_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return grants_.size(); }
    [[nodiscard]] bool contains(const ResourceId& id) const { return grants_.contains(id); }
    [[nodiscard]] std::optional<UnixSeconds> next_expiry() const noexcept;

    struct Grant {
        Resource resource;
        std::optional<UnixSeconds> expires_at;
    };
    [[nodiscard]] const std::map<ResourceId, Grant>& grants() const noexcept { return grants_; }

    /// DNS resources are kept and expire, and reach nothing.
    [[nodiscard]] Access compile(const TunnelAddresses& client,
                                 const TunnelAddresses& gateway) const;

  private:
    std::map<ResourceId, Grant> grants_;
};

}  // namespace fz::policy
