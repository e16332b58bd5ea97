#include "os/netlink.h"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

#include "os/netlink_request.h"

namespace fz::os {
namespace {

std::uint8_t af_of(wire::Family family) noexcept {
    return family == wire::Family::v4 ? AF_INET : AF_INET6;
}

std::string name_of(LinkIndex link) {
    std::array<char, IF_NAMESIZE> name{};
    return ::if_indextoname(link.value, name.data()) != nullptr
               ? std::string(name.data())
               : "interface " + std::to_string(link.value);
}

ifinfomsg link_header(LinkIndex link) noexcept {
    ifinfomsg header{};
    header.ifi_family = AF_UNSPEC;
    header.ifi_index = static_cast<int>(link.value);
    return header;
}

NetlinkRequest rule_request(std::uint16_t type, unsigned flags, wire::Family family,
                            std::uint32_t mark, std::uint32_t table) noexcept {
    fib_rule_hdr header{};
    header.family = af_of(family);
    header.action = FR_ACT_TO_TBL;
    header.flags = FIB_RULE_INVERT;
    NetlinkRequest request(type, flags, header);
    request.attribute(FRA_FWMARK, mark);
    request.attribute(FRA_FWMASK, 0xffff'ffffU);
    request.attribute(FRA_TABLE, table);
    const auto protocol = std::byte{RTPROT_KERNEL};
    request.attribute(FRA_PROTOCOL, Bytes(&protocol, 1));
    return request;
}

/// What the kernel says about one address, as far as it is needed to delete it.
struct ListedAddress {
    ifaddrmsg header;
    std::vector<std::byte> local;
};

ListedAddress parse_address(Bytes message) {
    ListedAddress listed{};
    if (message.size() < sizeof(ifaddrmsg)) return listed;
    std::memcpy(&listed.header, message.data(), sizeof(ifaddrmsg));
    Bytes rest = message.subspan(NLMSG_ALIGN(sizeof(ifaddrmsg)));
    while (rest.size() >= sizeof(rtattr)) {
        rtattr attribute;
        std::memcpy(&attribute, rest.data(), sizeof attribute);
        if (attribute.rta_len < sizeof attribute || attribute.rta_len > rest.size()) break;
        const Bytes value = rest.subspan(sizeof attribute, attribute.rta_len - sizeof attribute);
        // IPv6 addresses without a peer come as IFA_ADDRESS alone.
        if (attribute.rta_type == IFA_LOCAL ||
            (attribute.rta_type == IFA_ADDRESS && listed.local.empty()))
            listed.local.assign(value.begin(), value.end());
        rest = rest.subspan(std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), rest.size()));
    }
    return listed;
}

/// Hands every message of one datagram from the kernel to `visit` until it returns false.
template <typename Visit>
void for_each_message(Bytes datagram, Visit visit) {
    while (datagram.size() >= sizeof(nlmsghdr)) {
        nlmsghdr header;
        std::memcpy(&header, datagram.data(), sizeof header);
        if (header.nlmsg_len < sizeof header || header.nlmsg_len > datagram.size()) return;
        if (!visit(header, datagram.subspan(sizeof header, header.nlmsg_len - sizeof header)))
            return;
        datagram =
            datagram.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), datagram.size()));
    }
}

int errno_of(Bytes error_message) noexcept {
    nlmsgerr error;
    if (error_message.size() < sizeof error.error) return EPROTO;
    std::memcpy(&error.error, error_message.data(), sizeof error.error);
    return -error.error;
}

}  // namespace

Expected<Netlink> Netlink::open() {
    UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!fd) return Unexpected{Error("cannot open an rtnetlink socket", errno)};
    return Netlink(std::move(fd));
}

Expected<void> Netlink::exchange(NetlinkRequest& message, const std::string& what,
                                 const Visitor& visit) {
    const Bytes request = message.finish(++sequence_);
    if (::send(fd_.get(), request.data(), request.size(), 0) < 0)
        return Unexpected{Error(what, errno)};

    // 32 KiB is the largest datagram a dump is cut into.
    std::vector<std::byte> buffer(32 * 1024);
    std::optional<int> outcome;
    while (!outcome) {
        const ssize_t size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return Unexpected{Error(what, errno)};
        for_each_message(Bytes(buffer).first(static_cast<std::size_t>(size)),
                         [&](const nlmsghdr& header, Bytes body) {
                             if (header.nlmsg_seq != sequence_) return true;
                             if (header.nlmsg_type == NLMSG_ERROR)
                                 outcome = errno_of(body);
                             else if (header.nlmsg_type == NLMSG_DONE)
                                 outcome = 0;
                             else
                                 visit(body);
                             return !outcome.has_value();
                         });
    }
    if (*outcome != 0) return Unexpected{Error(what, *outcome)};
    return {};
}

Expected<void> Netlink::request(NetlinkRequest message, const std::string& what) {
    return exchange(message, what, [](Bytes) {});
}

Expected<LinkIndex> Netlink::find_link(const std::string& name) {
    const unsigned index = ::if_nametoindex(name.c_str());
    if (index == 0) return Unexpected{Error("cannot find the interface " + name, errno)};
    return LinkIndex{index};
}

Expected<void> Netlink::set_mtu(LinkIndex link, std::uint32_t bytes) {
    NetlinkRequest message(RTM_NEWLINK, NLM_F_ACK, link_header(link));
    message.attribute(IFLA_MTU, bytes);
    return request(message, "cannot set the MTU of " + name_of(link));
}

Expected<void> Netlink::set_tx_queue_length(LinkIndex link, std::uint32_t packets) {
    NetlinkRequest message(RTM_NEWLINK, NLM_F_ACK, link_header(link));
    message.attribute(IFLA_TXQLEN, packets);
    return request(message, "cannot set the queue length of " + name_of(link));
}

Expected<void> Netlink::set_up(LinkIndex link) {
    ifinfomsg header = link_header(link);
    header.ifi_flags = IFF_UP;
    header.ifi_change = IFF_UP;
    return request(NetlinkRequest(RTM_NEWLINK, NLM_F_ACK, header),
                   "cannot bring up " + name_of(link));
}

Expected<void> Netlink::flush_addresses(LinkIndex link, wire::Family family) {
    ifaddrmsg dump{};
    dump.ifa_family = af_of(family);
    NetlinkRequest list(RTM_GETADDR, NLM_F_DUMP, dump);
    std::vector<ListedAddress> found;
    FZ_TRY(exchange(list, "cannot list the addresses of " + name_of(link), [&](Bytes body) {
        ListedAddress listed = parse_address(body);
        // A kernel without the family answers with the addresses of all the others.
        if (listed.header.ifa_index == link.value && listed.header.ifa_family == dump.ifa_family)
            found.push_back(std::move(listed));
    }));
    for (const ListedAddress& listed : found) {
        NetlinkRequest removal(RTM_DELADDR, NLM_F_ACK, listed.header);
        removal.attribute(IFA_LOCAL, Bytes(listed.local));
        FZ_TRY(request(removal, "cannot remove an old address of " + name_of(link)));
    }
    return {};
}

Expected<void> Netlink::add_address(LinkIndex link, const wire::IpAddr& ip) {
    ifaddrmsg header{};
    header.ifa_family = af_of(ip.family());
    header.ifa_prefixlen = wire::Cidr::host(ip).length();
    header.ifa_index = link.value;
    NetlinkRequest message(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, header);
    message.attribute(IFA_LOCAL, ip.bytes());
    message.attribute(IFA_ADDRESS, ip.bytes());
    return request(message, "cannot add the address " + ip.to_string() + " to " + name_of(link));
}

Expected<void> Netlink::add_route(LinkIndex link, const wire::Cidr& to, std::uint32_t table) {
    rtmsg header{};
    header.rtm_family = af_of(to.base().family());
    header.rtm_dst_len = to.length();
    header.rtm_table = RT_TABLE_UNSPEC;  // the attribute holds what does not fit into 8 bits
    header.rtm_protocol = RTPROT_STATIC;
    header.rtm_scope = to.base().is_v4() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    header.rtm_type = RTN_UNICAST;
    NetlinkRequest message(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, header);
    message.attribute(RTA_DST, to.base().bytes());
    message.attribute(RTA_OIF, link.value);
    message.attribute(RTA_TABLE, table);
    return request(message, "cannot route " + to.to_string() + " to " + name_of(link));
}

Expected<void> Netlink::add_unmarked_rule(wire::Family family, std::uint32_t mark,
                                          std::uint32_t table) {
    return request(
        rule_request(RTM_NEWRULE, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, family, mark, table),
        family == wire::Family::v4 ? "cannot add the IPv4 policy rule"
                                   : "cannot add the IPv6 policy rule");
}

Expected<void> Netlink::remove_unmarked_rule(wire::Family family, std::uint32_t mark,
                                             std::uint32_t table) {
    return request(rule_request(RTM_DELRULE, NLM_F_ACK, family, mark, table),
                   family == wire::Family::v4 ? "cannot remove the IPv4 policy rule"
                                              : "cannot remove the IPv6 policy rule");
}

}  // namespace fz::os
