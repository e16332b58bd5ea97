#include "slowpath/udp_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "os/sockaddr.h"

namespace fz::slowpath {
namespace {

constexpr std::size_t kBurst = 32;       ///< datagrams per system call
constexpr std::size_t kErrorLimit = 16;  ///< failing calls in one receive: a broken socket

constexpr std::size_t kControlSize = CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(int));
static_assert(sizeof(in6_pktinfo) >= sizeof(in_pktinfo));

/// The room of one datagram's ancillary data: packet-info and traffic class.
struct alignas(cmsghdr) Control {
    std::array<std::byte, kControlSize> bytes{};
};

template <typename T>
T value_of(const cmsghdr* header) noexcept {
    T value;
    std::memcpy(&value, CMSG_DATA(header), sizeof value);
    return value;
}

struct Ancillary {
    std::optional<wire::IpAddr> local;
    wire::Ecn ecn = wire::Ecn::not_ect;
};

Ancillary parse_ancillary(msghdr& message) noexcept {
    Ancillary result;
    for (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(header))) {
        if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
            // ipi_addr is the header's destination; ipi_spec_dst would be the route's choice.
            const auto info = value_of<in_pktinfo>(header);
            result.local = wire::IpAddr::from_bytes(std::as_bytes(std::span(&info.ipi_addr, 1)));
        } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
            const auto info = value_of<in6_pktinfo>(header);
            result.local = wire::IpAddr::from_bytes(std::as_bytes(std::span(&info.ipi6_addr, 1)));
        } else if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_TOS) {
            result.ecn = wire::ecn_of(value_of<std::uint8_t>(header));
        } else if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_TCLASS) {
            result.ecn = wire::ecn_of(static_cast<std::uint8_t>(value_of<int>(header)));
        }
    }
    return result;
}

/// Appends one control message behind `used` bytes and returns the new number of used bytes.
template <typename T>
std::size_t append(Control& control, std::size_t used, int level, int type,
                   const T& value) noexcept {
    cmsghdr header{};
    header.cmsg_level = level;
    header.cmsg_type = type;
    header.cmsg_len = CMSG_LEN(sizeof value);
    std::memcpy(control.bytes.data() + used, &header, sizeof header);
    std::memcpy(control.bytes.data() + used + CMSG_LEN(0), &value, sizeof value);
    return used + CMSG_SPACE(sizeof value);
}

std::size_t write_ancillary(Control& control, const OutgoingView& datagram) noexcept {
    const int traffic_class = static_cast<int>(datagram.ecn);  // DSCP stays 0
    const bool v4 = datagram.destination.ip.is_v4();
    std::size_t used = v4 ? append(control, 0, IPPROTO_IP, IP_TOS, traffic_class)
                          : append(control, 0, IPPROTO_IPV6, IPV6_TCLASS, traffic_class);
    if (!datagram.source) return used;
    const Bytes ip = datagram.source->ip.bytes();
    if (v4) {
        in_pktinfo info{};  // interface 0: any
        std::memcpy(&info.ipi_spec_dst, ip.data(), std::min(ip.size(), sizeof info.ipi_spec_dst));
        return append(control, used, IPPROTO_IP, IP_PKTINFO, info);
    }
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, ip.data(), std::min(ip.size(), sizeof info.ipi6_addr));
    return append(control, used, IPPROTO_IPV6, IPV6_PKTINFO, info);
}

/// Frames from the pool, wired up for one recvmmsg.
class ReceiveBurst {
  public:
    void prepare(packet::FramePool& pool, std::size_t room) {
        while (frames_.size() < std::min(room, kBurst)) {
            auto frame = pool.take();
            if (!frame) return;
            const std::size_t i = frames_.size();
            frame->resize(wire::kMaxDatagram);
            payloads_[i] = {frame->bytes().data(), frame->size()};
            messages_[i].msg_hdr = {.msg_name = &sources_[i],
                                    .msg_namelen = sizeof sources_[i],
                                    .msg_iov = &payloads_[i],
                                    .msg_iovlen = 1,
                                    .msg_control = controls_[i].bytes.data(),
                                    .msg_controllen = kControlSize,
                                    .msg_flags = 0};
            frames_.push_back(std::move(*frame));
        }
    }
    [[nodiscard]] mmsghdr* messages() noexcept { return messages_.data(); }
    [[nodiscard]] unsigned size() const noexcept { return static_cast<unsigned>(frames_.size()); }

    void deliver(unsigned i, std::uint16_t local_port, dataplane::DatagramBatch& into,
                 ReceiveReport& report) {
        msghdr& message = messages_[i].msg_hdr;
        const Ancillary ancillary = parse_ancillary(message);
        const auto source = os::from_kernel(sources_[i]);
        if ((message.msg_flags & MSG_TRUNC) != 0) {
            ++report.oversized;
        } else if (!source || !ancillary.local) {
            ++report.unaddressed;
        } else {
            frames_[i].resize(messages_[i].msg_len);
            into.push_back(
                {std::move(frames_[i]), *source, {*ancillary.local, local_port}, ancillary.ecn});
            ++report.received;
        }
    }

  private:
    InplaceVector<packet::Packet, kBurst> frames_;
    std::array<mmsghdr, kBurst> messages_{};
    std::array<iovec, kBurst> payloads_;
    std::array<sockaddr_storage, kBurst> sources_;
    std::array<Control, kBurst> controls_;
};

/// Datagrams wired up for one sendmmsg.
class SendBurst {
  public:
    explicit SendBurst(std::span<const OutgoingView> datagrams) noexcept {
        for (const OutgoingView& datagram : datagrams) {
            destinations_[size_] = os::to_kernel(datagram.destination);
            // The kernel only reads the payload; the struct has no const.
            payloads_[size_] = {const_cast<std::byte*>(datagram.payload.data()),
                                datagram.payload.size()};
            messages_[size_].msg_hdr = {
                .msg_name = destinations_[size_].get(),
                .msg_namelen = destinations_[size_].length,
                .msg_iov = &payloads_[size_],
                .msg_iovlen = 1,
                .msg_control = controls_[size_].bytes.data(),
                .msg_controllen = write_ancillary(controls_[size_], datagram),
                .msg_flags = 0};
            ++size_;
        }
    }
    [[nodiscard]] mmsghdr* messages() noexcept { return messages_.data(); }
    [[nodiscard]] unsigned size() const noexcept { return size_; }

  private:
    unsigned size_ = 0;
    std::array<mmsghdr, kBurst> messages_{};
    std::array<iovec, kBurst> payloads_;
    std::array<os::KernelAddr, kBurst> destinations_;
    std::array<Control, kBurst> controls_;
};

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

bool bind_to(int fd, const wire::SocketAddr& address) noexcept {
    os::KernelAddr kernel = os::to_kernel(address);
    return ::bind(fd, kernel.get(), kernel.length) == 0;
}

}  // namespace

OutgoingView view_of(const dataplane::Outgoing& datagram) noexcept {
    return {datagram.source, datagram.destination, datagram.ecn, datagram.packet.bytes()};
}

OutgoingView view_of(const wire::Transmit& transmit) noexcept {
    return {transmit.src, transmit.dst, transmit.ecn, transmit.payload.view()};
}

Expected<UdpSocket> UdpSocket::bind(wire::Family family, const UdpOptions& options) {
    const std::string name = family == wire::Family::v4 ? "IPv4" : "IPv6";
    os::UniqueFd fd(::socket(family == wire::Family::v4 ? AF_INET : AF_INET6,
                             SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return Unexpected{Error("cannot create an " + name + " UDP socket", errno)};
    if (!set_protocol_options(fd.get(), family))
        return Unexpected{Error("cannot set up the " + name + " UDP socket", errno)};
    if (options.mark != 0 && !set(fd.get(), SOL_SOCKET, SO_MARK, static_cast<int>(options.mark)))
        return Unexpected{
            Error("cannot mark the " + name + " UDP socket (needs CAP_NET_ADMIN)", errno)};
    // The kernel cuts both to net.core.{r,w}mem_max; smaller buffers are no failure.
    set(fd.get(), SOL_SOCKET, SO_RCVBUF, options.receive_buffer_bytes);
    set(fd.get(), SOL_SOCKET, SO_SNDBUF, options.send_buffer_bytes);

    const wire::IpAddr any = wire::IpAddr::any(family);
    if (!bind_to(fd.get(), {any, options.preferred_port}) && !bind_to(fd.get(), {any, 0}))
        return Unexpected{Error("cannot bind the " + name + " UDP socket to any port", errno)};
    os::KernelAddr bound;
    ::getsockname(fd.get(), bound.get(), &bound.length);
    const auto local = os::from_kernel(bound.storage);
    return UdpSocket(std::move(fd), family, local ? local->port : std::uint16_t{0});
}

ReceiveReport UdpSocket::receive(packet::FramePool& pool, dataplane::DatagramBatch& into) {
    ReceiveReport report;
    while (!into.full() && report.errors.size() < kErrorLimit) {
        ReceiveBurst burst;
        burst.prepare(pool, into.capacity() - into.size());
        if (burst.size() == 0) return report;
        const int count =
            ::recvmmsg(fd_.get(), burst.messages(), burst.size(), MSG_DONTWAIT, nullptr);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno != EAGAIN) {
            report.errors.push_back(errno);
            continue;
        }
        const auto arrived = static_cast<unsigned>(std::max(count, 0));
        for (unsigned i = 0; i < arrived; ++i) burst.deliver(i, port_, into, report);
        // Fewer than asked for: the socket is empty. A later arrival makes it readable again.
        report.drained = arrived < burst.size();
        if (report.drained) break;
    }
    return report;
}

SendReport UdpSocket::send(std::span<const OutgoingView> datagrams) {
    SendReport report;
    while (report.handled < datagrams.size()) {
        const auto rest = datagrams.subspan(report.handled);
        SendBurst burst(rest.first(std::min(kBurst, rest.size())));
        for (unsigned next = 0; next < burst.size();) {
            const int count =
                ::sendmmsg(fd_.get(), burst.messages() + next, burst.size() - next, MSG_DONTWAIT);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0 && errno == EAGAIN) return report;
            // sendmmsg fails only on the first of its messages; those behind it get their turn.
            if (count < 0) report.errors.push_back({report.handled, errno});
            const unsigned done = count < 0 ? 1 : static_cast<unsigned>(count);
            next += done;
            report.handled += done;
        }
    }
    return report;
}

}  // namespace fz::slowpath
