#include "udp/udp_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/log.h"
#include "os/sockaddr.h"

namespace fz::udp {
namespace {

constexpr std::size_t kLongTrains = 4;     ///< trains per receive that fit the second-level cache
constexpr std::size_t kMessages = 32;      ///< per sendmmsg
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

/// Messages for the front of some trains, wired up for one sendmmsg.
class SendBurst {
  public:
    /// `bytes` of a train's front, as one message.
    void add(const wire::OutgoingTrain& train, Bytes bytes) noexcept {
        const std::size_t segment = bytes.size() > train.segment ? train.segment : 0;
        destinations_[size_] = os::to_kernel(train.destination);
        // The kernel only reads the payload; the struct has no const.
        payloads_[size_] = {const_cast<std::byte*>(bytes.data()), bytes.size()};
        messages_[size_].msg_hdr = {
            .msg_name = destinations_[size_].get(),
            .msg_namelen = destinations_[size_].length,
            .msg_iov = &payloads_[size_],
            .msg_iovlen = 1,
            .msg_control = controls_[size_].bytes.data(),
            .msg_controllen = write_ancillary(controls_[size_], train, segment),
            .msg_flags = 0};
        ++size_;
    }
    [[nodiscard]] bool full() const noexcept { return size_ == kMessages; }
    [[nodiscard]] std::size_t bytes_of(std::size_t i) const noexcept {
        return payloads_[i].iov_len;
    }
    /// The number of messages sent, or -1 and errno.
    [[nodiscard]] int send(int fd) noexcept {
        for (;;) {
            const int sent =
                ::sendmmsg(fd, messages_.data(), static_cast<unsigned>(size_), MSG_DONTWAIT);
            if (sent >= 0 || errno != EINTR) return sent;
        }
    }

  private:
    std::size_t size_ = 0;
    std::array<mmsghdr, kMessages> messages_;
    std::array<iovec, kMessages> payloads_;
    std::array<os::KernelAddr, kMessages> destinations_;
    std::array<Control, kMessages> controls_;
};

/// Cuts `bytes` off the first train, and the train off the span if nothing of it is left.
void advance(std::span<wire::OutgoingTrain>& trains, std::size_t bytes) noexcept {
    wire::OutgoingTrain& train = trains.front();
    train.bytes = train.bytes.subspan(bytes);
    if (train.bytes.empty()) trains = trains.subspan(1);
}

void lose(SendReport& report, std::size_t bytes, std::size_t segment, int error) noexcept {
    const std::size_t datagrams = wire::datagrams_in(bytes, segment);
    report.lost_datagrams += datagrams;
    report.lost_bytes += bytes;
    report.errors.add(error, datagrams);
}

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

Expected<UdpSocket> UdpSocket::open(wire::Family family, const Options& options, Sharing sharing) {
    const std::string name = name_of(family);
    os::UniqueFd fd(::socket(family == wire::Family::v4 ? AF_INET : AF_INET6,
                             SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return Unexpected{Error("cannot create an " + name + " UDP socket", errno)};
    if (!set_protocol_options(fd.get(), family))
        return Unexpected{Error("cannot set up the " + name + " UDP socket", errno)};
    if (options.mark != 0 && !set(fd.get(), SOL_SOCKET, SO_MARK, static_cast<int>(options.mark)))
        return Unexpected{
            Error("cannot mark the " + name + " UDP socket (needs CAP_NET_ADMIN)", errno)};
    if (sharing == Sharing::with_group && !set(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1))
        return Unexpected{Error("cannot share the port of the " + name + " UDP socket", errno)};
    // Single datagrams where the kernel has no GRO. Both buffers are cut to net.core.{r,w}mem_max;
    // smaller ones are no failure.
    set(fd.get(), IPPROTO_UDP, UDP_GRO, 1);
    set(fd.get(), SOL_SOCKET, SO_RCVBUF, options.receive_buffer_bytes);
    set(fd.get(), SOL_SOCKET, SO_SNDBUF, options.send_buffer_bytes);
    return UdpSocket(std::move(fd), family, 0);
}

Expected<UdpSocket> UdpSocket::bind(wire::Family family, const Options& options) {
    FZ_ASSIGN(auto group, bind_group(family, options, 1));
    return std::move(group.front());
}

Expected<std::vector<UdpSocket>> UdpSocket::bind_group(wire::Family family, const Options& options,
                                                       std::size_t count) {
    const Sharing sharing = count == 1 ? Sharing::exclusive : Sharing::with_group;
    std::vector<UdpSocket> group;
    std::uint16_t port = options.preferred_port;
    while (group.size() < count) {
        FZ_ASSIGN(UdpSocket socket, open(family, options, sharing));
        // The first one decides the port.
        const bool bound = socket.bind_to(port) || (group.empty() && socket.bind_to(0));
        if (!bound)
            return Unexpected{
                Error("cannot bind the " + name_of(family) + " UDP socket to any port", errno)};
        port = socket.port();
        group.push_back(std::move(socket));
    }
    return group;
}

Expected<UdpSocket> UdpSocket::duplicate() const {
    os::UniqueFd fd(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
    if (!fd) return Unexpected{Error("cannot duplicate a UDP socket", errno)};
    return UdpSocket(std::move(fd), family_, port_);
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
        } else if (!source || !arrival.local) {
            ++report.unaddressed;
        } else {
            const MutBytes bytes = buffer.bytes(i);
            const bool train = arrival.segment != 0 && arrival.segment < bytes.size();
            long_trains |= train;
            into.push_back({.bytes = bytes,
                            .segment = train ? arrival.segment : bytes.size(),
                            .source = *source,
                            .local = {*arrival.local, port_},
                            .ecn = arrival.ecn});
        }
    }
    if (arrived > 0) burst_ = long_trains ? kLongTrains : kMaxTrains;
    return report;
}

std::size_t UdpSocket::limit_of(const wire::OutgoingTrain& train) const noexcept {
    if (!segments_) return train.segment;
    // What an IP packet can carry, with the longest IPv4 header.
    const std::size_t room = 65535 - (family_ == wire::Family::v4 ? 60 + 8 : 40 + 8);
    const std::size_t datagrams = train.segment == 0 ? 1 : room / train.segment;
    return std::clamp<std::size_t>(datagrams, 1, wire::kMaxTrain) * train.segment;
}

SendReport UdpSocket::send(std::span<wire::OutgoingTrain>& trains) noexcept {
    SendReport report;
    while (!trains.empty()) {
        SendBurst burst;
        for (const wire::OutgoingTrain& train : trains) {
            Bytes rest = train.bytes;
            do {
                const Bytes chunk = rest.first(std::min(rest.size(), limit_of(train)));
                burst.add(train, chunk);
                rest = rest.subspan(chunk.size());
            } while (!rest.empty() && !burst.full());
            if (burst.full()) break;
        }
        const int sent = burst.send(fd_.get());
        const int error = errno;
        for (int i = 0; i < sent; ++i) advance(trains, burst.bytes_of(static_cast<std::size_t>(i)));
        if (sent >= 0) continue;
        if (error == EAGAIN) return report;
        // sendmmsg fails only on the first of its messages; those behind it get their turn.
        const std::size_t bytes = burst.bytes_of(0);
        const wire::OutgoingTrain& train = trains.front();
        if (bytes > train.segment && (error == EIO || error == EINVAL)) {
            const std::size_t done = send_one_by_one(train, bytes, error, report);
            if (done > 0) advance(trains, done);
            if (done < bytes) return report;
        } else {
            lose(report, bytes, train.segment, error);
            advance(trains, bytes);
        }
    }
    return report;
}

std::size_t UdpSocket::send_one_by_one(const wire::OutgoingTrain& train, std::size_t bytes,
                                       int refusal, SendReport& report) noexcept {
    std::size_t done = 0;
    while (done < bytes) {
        const Bytes datagram = train.bytes.subspan(done, std::min(train.segment, bytes - done));
        SendBurst one;
        one.add(train, datagram);
        if (one.send(fd_.get()) < 0) {
            if (errno == EAGAIN) return done;
            lose(report, datagram.size(), train.segment, errno);
        } else if (segments_) {
            // The same datagram passes alone, so it was not the addresses that were refused.
            segments_ = false;
            FZ_LOG(info, "the kernel does not segment UDP; datagrams go one by one from now on",
                   kv("family", name_of(family_)), kv("errno", refusal));
        }
        done += datagram.size();
    }
    return done;
}

}  // namespace fz::udp
