#include "policy/access.h"

#include "policy/special_networks.h"
#include "wire/firezone_ranges.h"

namespace fz::policy {
namespace {

bool is_one_of(const wire::IpAddr& ip, const TunnelAddresses& own) noexcept {
    return own.of(ip.family()) == ip;
}

}  // namespace

Verdict Access::outbound(const wire::IpPacketView& packet) const noexcept {
    const wire::IpAddr& dst = packet.dst();
    if (dst.is_multicast() || dst.is_v4_broadcast()) return Verdict::multicast;
    if (!is_one_of(packet.src(), client_)) return Verdict::source_not_client;
    if (is_one_of(dst, gateway_)) return Verdict::forward;
    if (wire::is_peer(dst)) return Verdict::hairpin;
    if (wire::is_proxy(dst)) return Verdict::no_resource;
    if (dst.is_loopback()) return Verdict::private_destination;
    if (internet_ && !is_special(dst)) return Verdict::forward;

    const FilterSet* filters = networks_.find(dst);
    if (filters == nullptr) return internet_ ? Verdict::private_destination : Verdict::no_resource;
    const bool permitted = filters->permits(packet.flow().kind, packet.flow().dst_port);
    return permitted ? Verdict::forward : Verdict::filtered;
}

Verdict Access::inbound(const wire::IpPacketView& packet) const noexcept {
    const wire::IpAddr& src = packet.src();
    if (!is_one_of(packet.dst(), client_)) return Verdict::not_for_client;
    if (is_one_of(src, gateway_)) return Verdict::forward;
    if (wire::is_peer(src) || wire::is_proxy(src)) return Verdict::reply_filtered;

    const auto error = wire::IcmpError::parse(packet);
    if (error && error->quoted_src == packet.dst()) return Verdict::forward;
    if (internet_ && !is_special(src)) return Verdict::forward;

    const FilterSet* filters = networks_.find(src);
    const bool permitted =
        filters != nullptr && filters->permits(packet.flow().kind, packet.flow().src_port);
    return permitted ? Verdict::forward : Verdict::reply_filtered;
}

}  // namespace fz::policy
