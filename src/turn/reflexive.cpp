#include "turn/reflexive.h"

namespace fz::turn {
namespace {

void replace(std::optional<Address>& known, const std::optional<Address>& seen,
             std::vector<Event>& lost, std::vector<Event>& gained) {
    if (known == seen) return;
    if (known) lost.push_back(AddressInvalidated{*known});
    if (seen) gained.push_back(AddressAdded{*seen});
    known = seen;
}

}  // namespace

bool is_usable(const wire::SocketAddr& address) noexcept {
    const wire::IpAddr& ip = address.ip;
    return address.port != 0 && !ip.is_unspecified() && !ip.is_multicast() &&
           !ip.is_v4_broadcast() && !(ip.is_v4() && ip.is_link_local());
}

std::vector<Event> ReflexiveAddresses::note(const wire::SocketAddr& local,
                                            const std::optional<wire::SocketAddr>& mapped) {
    Seen& seen = local.family() == wire::Family::v4 ? v4_ : v6_;
    std::optional<Address> new_host = seen.host;
    std::optional<Address> new_mapped = seen.mapped;
    if (is_usable(local)) new_host = Address{AddressKind::host, local, local};
    if (mapped && is_usable(*mapped) && mapped->family() == local.family())
        new_mapped = Address{AddressKind::server_reflexive, *mapped, local};

    std::vector<Event> events;
    std::vector<Event> gained;
    replace(seen.host, new_host, events, gained);
    replace(seen.mapped, new_mapped, events, gained);
    events.insert(events.end(), gained.begin(), gained.end());
    return events;
}

std::vector<Address> ReflexiveAddresses::all() const {
    std::vector<Address> addresses;
    for (const auto* address : {&v4_.host, &v6_.host, &v4_.mapped, &v6_.mapped})
        if (*address) addresses.push_back(**address);
    return addresses;
}

std::optional<wire::SocketAddr> ReflexiveAddresses::host(wire::Family family) const {
    const Seen& seen = family == wire::Family::v4 ? v4_ : v6_;
    return seen.host ? std::optional(seen.host->address) : std::nullopt;
}

}  // namespace fz::turn
