// Resources and a client's and a gateway's addresses, in one line each.
#pragma once

#include <string_view>
#include <vector>

#include "policy/authorizations.h"
#include "unit/wire/packets.h"

namespace fz::test {

inline const policy::TunnelAddresses kClient{ip("100.64.0.1"), ip("fd00:2021:1111::1")};
inline const policy::TunnelAddresses kGateway{ip("100.64.0.2"), ip("fd00:2021:1111::2")};

using Filters = std::vector<policy::Filter>;

inline policy::Filter allow_tcp(std::uint16_t first, std::uint16_t last) {
    return {policy::FilterProtocol::tcp, first, last};
}
inline policy::Filter allow_udp(std::uint16_t first, std::uint16_t last) {
    return {policy::FilterProtocol::udp, first, last};
}
inline const policy::Filter kAllowIcmp{policy::FilterProtocol::icmp};

inline policy::ResourceId id(int number) {
    policy::ResourceId out;
    out.bytes[15] = static_cast<std::byte>(number);
    return out;
}
inline policy::Resource cidr(int number, std::string_view network, Filters filters = {}) {
    return {id(number), std::string(network),
            policy::CidrTarget{wire::Cidr::parse(network).value()}, std::move(filters)};
}
inline policy::Resource internet(int number) {
    return {id(number), "Internet", policy::InternetTarget{}, {}};
}
inline policy::Resource dns(int number, Filters filters = {}) {
    return {id(number), "DNS", policy::DnsTarget{"*.corp.test"}, std::move(filters)};
}

inline policy::Access access(std::vector<policy::Resource> resources) {
    policy::Authorizations grants;
    for (auto& resource : resources) grants.authorize(std::move(resource), std::nullopt);
    return grants.compile(kClient, kGateway);
}

inline policy::Verdict outbound(const policy::Access& access, Bytes packet) {
    return access.outbound(wire::IpPacketView::parse(packet).value());
}
inline policy::Verdict inbound(const policy::Access& access, Bytes packet) {
    return access.inbound(wire::IpPacketView::parse(packet).value());
}

/// From the client to `dst`, of its family.
inline Buffer from_client(std::string_view dst, int protocol, Bytes payload) {
    return packet(ip(dst).is_v4() ? "100.64.0.1" : "fd00:2021:1111::1", dst, protocol, payload);
}
/// From `src` to the client, of its family.
inline Buffer to_client(std::string_view src, int protocol, Bytes payload) {
    return packet(src, ip(src).is_v4() ? "100.64.0.1" : "fd00:2021:1111::1", protocol, payload);
}

}  // namespace fz::test
