#include "udp/udp_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <cerrno>

#include "os/sockaddr.h"

namespace fz::udp {
namespace {

constexpr std::size_t kLongTrains = 4;     ///< trains per receive that fit the second-level cache
constexpr std::uint64_t kErrorLimit = 16;  ///< failing calls in one receive: a broken socket

bool set(int fd, int level, int name, int value) noexcept {
    return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

/// What the protocols need of a socket: whole packets or an error, and to know what arrived where.
bool set_protocol_options(int fd, wire::Family family) noexcept {
    if (family == wire::Family::v4)
        return set(fd, IPPROTO_IP, IP_PKTINFO, 1) && set(fd, IPPROTO_IP, IP_RECVTOS, 1) &&
               set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
    return set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) && set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) &&
           set(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1) &&
           set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE) &&
           set(fd, IPPROTO_IPV6, IPV6_DONTFRAG, 1);
}

std::string name_of(wire::Family family) { return family == wire::Family::v4 ? "IPv4" : "IPv6"; }

}  // namespace

bool UdpSocket::bind_to(std::uint16_t port) {
    os::KernelAddr kernel = os::to_kernel({wire::IpAddr::any(family_), port});
    if (::bind(fd_.get(), kernel.get(), kernel.length) != 0) return false;
    os::KernelAddr bound;
    ::getsockname(fd_.get(), bound.get(), &bound.length);
    const auto local = os::from_kernel(bound.storage);
    port_ = local ? local->port : std::uint16_t{0};
    return true;
}

Expected<UdpSocket> UdpSocket::open(wire::Family family, const Options& options) {
    const std::string name = name_of(family);
    os::UniqueFd fd(::socket(family == wire::Family::v4 ? AF_INET : AF_INET6,
                             SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return Unexpected{Error("cannot create an " + name + " UDP socket", errno)};
    if (!set_protocol_options(fd.get(), family))
        return Unexpected{Error("cannot set up the " + name + " UDP socket", errno)};
    if (options.mark != 0 && !set(fd.get(), SOL_SOCKET, SO_MARK, static_cast<int>(options.mark)))
        return Unexpected{
            Error("cannot mark the " + name + " UDP socket (needs CAP_NET_ADMIN)", errno)};
    // Single datagrams where the kernel has no GRO. Both buffers are cut to net.core.{r,w}mem_max;
    // smaller ones are no failure.
    set(fd.get(), IPPROTO_UDP, UDP_GRO, 1);
    set(fd.get(), SOL_SOCKET, SO_RCVBUF, options.receive_buffer_bytes);
    set(fd.get(), SOL_SOCKET, SO_SNDBUF, options.send_buffer_bytes);
    // Kernels before 4.18 do not know the option; 0 changes nothing.
    const bool segments = set(fd.get(), IPPROTO_UDP, UDP_SEGMENT, 0);
    return UdpSocket(std::move(fd), family, 0, Segmentation(segments));
}

Expected<UdpSocket> UdpSocket::bind(wire::Family family, const Options& options) {
    FZ_ASSIGN(auto group, bind_group(family, options, 1));
    return std::move(group.front());
}

Expected<std::vector<UdpSocket>> UdpSocket::bind_group(wire::Family family, const Options& options,
                                                       std::size_t count) {
    std::vector<UdpSocket> group;
    std::uint16_t port = options.preferred_port;
    while (group.size() < count) {
        const bool first = group.empty();
        FZ_ASSIGN(UdpSocket socket, open(family, options));
        // The first one takes the port alone, so that every other holder shows, and shares it then.
        if (!first) {
            FZ_TRY(socket.share());
        }
        if (!socket.bind_to(port) && !(first && socket.bind_to(0)))
            return Unexpected{Error("cannot bind the " + name_of(family) + " UDP socket to " +
                                        (first ? "any port" : "port " + std::to_string(port)),
                                    errno)};
        if (first && count > 1) {
            FZ_TRY(socket.share());
        }
        port = socket.port();
        group.push_back(std::move(socket));
    }
    return group;
}

Expected<void> UdpSocket::share() const {
    if (!set(fd_.get(), SOL_SOCKET, SO_REUSEPORT, 1))
        return Unexpected{
            Error("cannot share the port of the " + name_of(family_) + " UDP socket", errno)};
    return {};
}

Expected<UdpSocket> UdpSocket::duplicate() const {
    os::UniqueFd fd(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
    if (!fd) return Unexpected{Error("cannot duplicate a UDP socket", errno)};
    return UdpSocket(std::move(fd), family_, port_, segmentation_);
}

ReceiveReport UdpSocket::receive(ReceiveBuffer& buffer, TrainBatch& into) noexcept {
    ReceiveReport report;
    int count = -1;
    while (count < 0) {
        count = ::recvmmsg(fd_.get(), buffer.messages(), static_cast<unsigned>(burst_),
                           MSG_DONTWAIT, nullptr);
        if (count >= 0 || errno == EINTR) continue;
        report.drained = errno == EAGAIN;
        if (errno != EAGAIN) report.errors.add(errno);
        if (report.drained || report.errors.total() == kErrorLimit) return report;
    }
    const auto arrived = static_cast<std::size_t>(count);
    // Fewer than asked for: the socket is empty. A later arrival makes it readable again.
    report.drained = arrived < burst_;
    bool long_trains = false;
    for (std::size_t i = 0; i < arrived; ++i) {
        msghdr& message = buffer.message(i);
        const Arrival arrival = parse_ancillary(message);
        const auto source = os::from_kernel(buffer.source(i));
        if ((message.msg_flags & MSG_TRUNC) != 0) {
            ++report.oversized;
        } else if ((message.msg_flags & MSG_CTRUNC) != 0 || !source || !arrival.local) {
            ++report.unaddressed;
        } else {
            const MutBytes bytes = buffer.bytes(i);
            const std::size_t segment = arrival.segment_in(bytes.size());
            long_trains |= segment < bytes.size();
            into.push_back({.bytes = bytes,
                            .segment = segment,
                            .source = *source,
                            .local = {*arrival.local, port_},
                            .ecn = arrival.ecn});
        }
    }
    if (arrived > 0) burst_ = long_trains ? kLongTrains : kMaxTrains;
    return report;
}

}  // namespace fz::udp
