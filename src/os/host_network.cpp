#include "os/host_network.h"

#include <cerrno>

#include "os/firewall.h"
#include "os/sysctl.h"
#include "wire/firezone_ranges.h"

namespace fz::os {
namespace {

constexpr wire::Family kFamilies[] = {wire::Family::v4, wire::Family::v6};

bool kernel_has_ipv6() { return read_sysctl("net.ipv6.conf.all.forwarding").has_value(); }

/// More than gateways that were killed can have left: each start removes what it finds.
constexpr int kMostRules = 64;

/// An outcome in which the thing was there already, or already gone, counts as done.
Expected<void> tolerating(int tolerated, Expected<void> outcome) {
    if (!outcome && outcome.error().os_errno == tolerated) return {};
    return outcome;
}

}  // namespace

Expected<HostNetwork> HostNetwork::prepare(std::string tun, Forwarding forwarding) {
    FZ_ASSIGN(Netlink netlink, Netlink::open());
    FZ_ASSIGN(const LinkIndex link, netlink.find_link(tun));
    HostNetwork host(std::move(tun), std::move(netlink), forwarding);
    host.prepared_ = true;
    host.note(host.netlink_.set_tx_queue_length(link, kTunQueueLength));
    if (forwarding == Forwarding::off) return host;
    host.enable_forwarding();
    for (const wire::Family family : kFamilies)
        if (family == wire::Family::v4 || kernel_has_ipv6())
            host.note(install_firewall(host.tun_, wire::tunnel_range(family)));
    return host;
}

HostNetwork::HostNetwork(HostNetwork&& other) noexcept
    : tun_(std::move(other.tun_)),
      netlink_(std::move(other.netlink_)),
      forwarding_(other.forwarding_),
      problems_(std::move(other.problems_)),
      prepared_(std::exchange(other.prepared_, false)),
      rule_v4_(other.rule_v4_),
      rule_v6_(other.rule_v6_) {}

HostNetwork::~HostNetwork() { tear_down(); }

void HostNetwork::note(Expected<void> outcome) {
    if (!outcome) problems_.push_back(std::move(outcome).error());
}

void HostNetwork::enable_forwarding() {
    note(set_sysctl("net.ipv4.ip_forward", "1"));
    // Replies to marked packets take the same table when the reverse path is checked (rp_filter).
    note(set_sysctl("net.ipv4.conf.all.src_valid_mark", "1"));
    if (!kernel_has_ipv6()) return;
    note(set_sysctl("net.ipv6.conf.all.disable_ipv6", "0"));
    note(set_sysctl("net.ipv6.conf.all.forwarding", "1"));
    note(set_sysctl("net.ipv6.conf.default.forwarding", "1"));
}

Expected<void> HostNetwork::configure(const wire::PerFamily<wire::IpAddr>& addresses,
                                      std::span<const wire::Cidr> routes) {
    FZ_ASSIGN(const LinkIndex link, netlink_.find_link(tun_));
    FZ_TRY(netlink_.set_mtu(link, kTunMtu));
    FZ_TRY(netlink_.set_up(link));  // routes need a device that is up

    std::optional<Error> failure;
    bool any = false;
    for (const wire::Family family : kFamilies) {
        if (!addresses.of(family)) continue;
        if (auto outcome = configure_family(link, *addresses.of(family), routes)) {
            any = true;
        } else {
            failure = outcome.error();
            problems_.push_back(std::move(outcome).error());
        }
    }
    if (!any) return Unexpected{failure.value_or(Error("the portal assigned no tunnel address"))};
    return {};
}

Expected<void> HostNetwork::configure_family(LinkIndex link, const wire::IpAddr& address,
                                             std::span<const wire::Cidr> routes) {
    const wire::Family family = address.family();
    FZ_TRY(netlink_.flush_addresses(link, family));
    FZ_TRY(netlink_.add_address(link, address));
    FZ_TRY(set_rule(family));
    for (const wire::Cidr& route : routes)
        if (route.base().family() == family) FZ_TRY(netlink_.add_route(link, route, kRoutingTable));
    return {};
}

Expected<void> HostNetwork::set_rule(wire::Family family) {
    bool& is_set = family == wire::Family::v4 ? rule_v4_ : rule_v6_;
    if (is_set) return {};
    FZ_TRY(remove_rules(family));
    FZ_TRY(netlink_.add_unmarked_rule(family, kSocketMark, kRoutingTable));
    is_set = true;
    return {};
}

Expected<void> HostNetwork::remove_rules(wire::Family family) {
    // The kernel takes a rule that it has already as another one.
    for (int i = 0; i < kMostRules; ++i) {
        auto removed = netlink_.remove_unmarked_rule(family, kSocketMark, kRoutingTable);
        if (!removed) return tolerating(ENOENT, std::move(removed));
    }
    return {};
}

void HostNetwork::tear_down() {
    if (!std::exchange(prepared_, false)) return;
    for (const wire::Family family : kFamilies) {
        if (family == wire::Family::v6 && !kernel_has_ipv6()) continue;
        note(remove_rules(family));
        if (forwarding_ == Forwarding::on) note(remove_firewall(family));
    }
}

}  // namespace fz::os
