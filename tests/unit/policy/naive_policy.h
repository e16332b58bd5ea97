// The rules of policy once more, in the most literal form: a list of grants, scanned per packet.
#pragma once

#include <optional>
#include <vector>

#include "policy/access.h"
#include "policy/resource.h"
#include "unit/wire/packets.h"
#include "wire/cidr.h"

namespace fz::test {

struct NaivePolicy {
    policy::TunnelAddresses client;
    policy::TunnelAddresses gateway;
    std::vector<policy::Resource> resources;

    static bool within(const wire::IpAddr& ip, std::initializer_list<const char*> networks) {
        for (const char* network : networks)
            if (wire::Cidr::parse(network)->contains(ip)) return true;
        return false;
    }
    static bool tunnel(const wire::IpAddr& ip) {
        return within(ip, {"100.64.0.0/11", "fd00:2021:1111::/107"});
    }
    static bool proxy(const wire::IpAddr& ip) {
        return within(ip, {"100.96.0.0/11", "fd00:2021:1111:8000::/107"});
    }
    static bool special(const wire::IpAddr& ip) {
        return within(ip,
                      {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                       "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128",
                       "::1/128", "::ffff:0:0/96", "fc00::/7", "fe80::/10", "ff00::/8"});
    }
    static bool own(const wire::IpAddr& ip, const policy::TunnelAddresses& pair) {
        return (pair.v4 && *pair.v4 == ip) || (pair.v6 && *pair.v6 == ip);
    }

    bool internet() const {
        for (const auto& resource : resources)
            if (std::holds_alternative<policy::InternetTarget>(resource.target)) return true;
        return false;
    }

    static bool matches(const policy::Filter& filter, const wire::Flow& flow, std::uint16_t port) {
        const bool in_range = filter.first_port <= port && port <= filter.last_port;
        switch (filter.protocol) {
            case policy::FilterProtocol::tcp:
                return flow.kind == wire::Flow::Kind::tcp && in_range;
            case policy::FilterProtocol::udp:
                return flow.kind == wire::Flow::Kind::udp && in_range;
            case policy::FilterProtocol::icmp:
                return flow.is_icmp();
        }
        return false;
    }

    /// Nothing if no network covers `remote`; otherwise whether any of them permits the flow.
    std::optional<bool> by_networks(const wire::IpAddr& remote, const wire::Flow& flow,
                                    std::uint16_t port) const {
        std::optional<bool> permitted;
        for (const auto& resource : resources) {
            const auto* cidr = std::get_if<policy::CidrTarget>(&resource.target);
            if (cidr == nullptr || !cidr->network.contains(remote)) continue;
            bool any = resource.filters.empty();
            for (const auto& filter : resource.filters) any = any || matches(filter, flow, port);
            permitted = permitted.value_or(false) || any;
        }
        return permitted;
    }

    policy::Verdict outbound(const wire::IpPacketView& packet) const {
        using policy::Verdict;
        const wire::IpAddr& dst = packet.dst();
        if (within(dst, {"224.0.0.0/4", "255.255.255.255/32", "ff00::/8"}))
            return Verdict::multicast;
        if (!own(packet.src(), client)) return Verdict::source_not_client;
        if (own(dst, gateway)) return Verdict::forward;
        if (tunnel(dst)) return Verdict::hairpin;
        if (proxy(dst)) return Verdict::no_resource;
        if (within(dst, {"127.0.0.0/8", "::1/128"})) return Verdict::private_destination;
        if (internet() && !special(dst)) return Verdict::forward;
        const auto permitted = by_networks(dst, packet.flow(), packet.flow().dst_port);
        if (permitted) return *permitted ? Verdict::forward : Verdict::filtered;
        return internet() ? Verdict::private_destination : Verdict::no_resource;
    }

    policy::Verdict inbound(const wire::IpPacketView& packet) const {
        using policy::Verdict;
        const wire::IpAddr& src = packet.src();
        if (!own(packet.dst(), client)) return Verdict::not_for_client;
        if (own(src, gateway)) return Verdict::forward;
        if (tunnel(src) || proxy(src)) return Verdict::reply_filtered;
        const auto error = wire::IcmpError::parse(packet);
        if (error && error->quoted_src == packet.dst()) return Verdict::forward;
        if (internet() && !special(src)) return Verdict::forward;
        return by_networks(src, packet.flow(), packet.flow().src_port).value_or(false)
                   ? Verdict::forward
                   : Verdict::reply_filtered;
    }
};

}  // namespace fz::test
