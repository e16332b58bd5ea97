#include "os/host_watch.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/bytes.h"

namespace fz::os {
namespace {

constexpr unsigned kGroups =
    RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
constexpr int kMostPerDrain = 256;
/// Of a message, the rest of which nobody reads.
constexpr std::size_t kHead = NLMSG_HDRLEN + sizeof(rtmsg);

/// A router may learn of thousands of routes a second: only those that lead to the internet count.
/// The kernel sends each of these messages in a datagram of its own.
bool matters(Bytes head) noexcept {
    if (head.size() < kHead) return true;
    nlmsghdr header;
    std::memcpy(&header, head.data(), sizeof header);
    if (header.nlmsg_type != RTM_NEWROUTE && header.nlmsg_type != RTM_DELROUTE) return true;
    rtmsg route;
    std::memcpy(&route, head.data() + NLMSG_HDRLEN, sizeof route);
    return route.rtm_dst_len == 0;
}

}  // namespace

Expected<HostWatch> HostWatch::create() {
    UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    sockaddr_nl groups{};
    groups.nl_family = AF_NETLINK;
    groups.nl_groups = kGroups;
    if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups) != 0)
        return Unexpected{Error("cannot ask the kernel for news of the host's network", errno)};
    return HostWatch(std::move(fd));
}

bool HostWatch::drain() noexcept {
    bool news = false;
    std::array<std::byte, kHead> head;
    for (int i = 0; i < kMostPerDrain; ++i) {
        const ssize_t size = ::recv(fd_.get(), head.data(), head.size(), 0);
        if (size >= 0)
            news |= matters(Bytes(head).first(static_cast<std::size_t>(size)));
        else if (errno == ENOBUFS)
            news = true;
        else if (errno != EINTR)
            break;
    }
    return news;
}

}  // namespace fz::os
