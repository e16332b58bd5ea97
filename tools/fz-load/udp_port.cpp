#include "udp_port.h"

#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/inplace_vector.h"
#include "os/sockaddr.h"

namespace fz::load {
namespace {

constexpr int kSendBuffer = 16 << 20;
constexpr int kReceiveBuffer = 128 << 20;

/// Room for one control message with a T.
template <typename T>
union Ancillary {
    char bytes[CMSG_SPACE(sizeof(T))];
    cmsghdr aligned;
};

void set_option(int fd, int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
}

void ask_to_segment(msghdr& message, Ancillary<std::uint16_t>& room, std::uint16_t segment) {
    message.msg_control = room.bytes;
    message.msg_controllen = sizeof room.bytes;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof segment);
    std::memcpy(CMSG_DATA(header), &segment, sizeof segment);
}

std::size_t segment_of(msghdr& message, std::size_t bytes) {
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_UDP || header->cmsg_type != UDP_GRO) continue;
        int segment = 0;
        std::memcpy(&segment, CMSG_DATA(header), sizeof segment);
        return static_cast<std::size_t>(segment);
    }
    return bytes;
}

}  // namespace

Expected<UdpPort> UdpPort::open(const wire::SocketAddr& gateway) {
    const int family = gateway.ip.is_v4() ? AF_INET : AF_INET6;
    os::UniqueFd fd(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return Unexpected{Error("cannot open a UDP socket", errno)};
    set_option(fd.get(), SOL_SOCKET, SO_SNDBUFFORCE, kSendBuffer);
    set_option(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBuffer);
    set_option(fd.get(), SOL_UDP, UDP_GRO, 1);
    os::KernelAddr to = os::to_kernel(gateway);
    if (::connect(fd.get(), to.get(), to.length) != 0)
        return Unexpected{Error("no route to the gateway", errno)};
    os::KernelAddr own;
    ::getsockname(fd.get(), own.get(), &own.length);
    const auto local = os::from_kernel(own.storage);
    if (!local) return Unexpected{Error("the socket has no address")};
    return UdpPort(std::move(fd), *local);
}

void UdpPort::send(Bytes datagram) const noexcept {
    ::send(fd_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL);
}

std::size_t UdpPort::send(std::span<const Train> trains) const noexcept {
    std::array<mmsghdr, kBatch> messages;
    std::array<iovec, kBatch> pieces;
    std::array<Ancillary<std::uint16_t>, kBatch> ancillaries;
    for (std::size_t i = 0; i < trains.size(); ++i) {
        pieces[i] = {const_cast<std::byte*>(trains[i].data), trains[i].bytes};
        messages[i] = {};
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        if (trains[i].count > 1)
            ask_to_segment(messages[i].msg_hdr, ancillaries[i], trains[i].segment);
    }
    while (true) {
        const int sent = ::sendmmsg(fd_.get(), messages.data(),
                                    static_cast<unsigned>(trains.size()), MSG_NOSIGNAL);
        if (sent > 0) return static_cast<std::size_t>(sent);
        if (errno != EAGAIN && errno != EINTR) return 0;
        pollfd wait{fd_.get(), POLLOUT, 0};
        ::poll(&wait, 1, 10);
    }
}

std::size_t UdpPort::send_one_by_one(std::span<const Train> trains) const noexcept {
    InplaceVector<Train, kBatch> batch;
    std::size_t refused = 0;
    const auto flush = [&] {
        for (std::span<const Train> rest(batch.begin(), batch.end()); !rest.empty();) {
            const std::size_t taken = send(rest);
            if (taken == 0) ++refused;
            rest = rest.subspan(std::max<std::size_t>(taken, 1));
        }
        batch.clear();
    };
    for (const Train& train : trains)
        for (std::uint32_t at = 0; at < train.bytes; at += train.segment) {
            const std::uint32_t bytes = std::min<std::uint32_t>(train.segment, train.bytes - at);
            batch.push_back({train.data + at, bytes, train.segment, 1, train.socket});
            if (batch.full()) flush();
        }
    flush();
    return refused;
}

std::span<const Received> UdpPort::receive(ReceiveRoom& room) const noexcept {
    constexpr std::size_t kMessages = ReceiveRoom::kBatch;
    std::array<mmsghdr, kMessages> messages;
    std::array<iovec, kMessages> pieces;
    std::array<Ancillary<int>, kMessages> ancillaries;
    for (std::size_t i = 0; i < kMessages; ++i) {
        pieces[i] = {room.room_.data() + i * room.each_, room.each_};
        messages[i] = {};
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_control = ancillaries[i].bytes;
        messages[i].msg_hdr.msg_controllen = sizeof ancillaries[i].bytes;
    }
    room.received_.clear();
    // MSG_TRUNC: the length is the whole datagram's, though maybe only its head is copied.
    const int got = ::recvmmsg(fd_.get(), messages.data(), kMessages, MSG_TRUNC, nullptr);
    for (std::size_t i = 0; got > 0 && i < static_cast<std::size_t>(got); ++i) {
        const std::size_t bytes = messages[i].msg_len;
        if (bytes == 0) continue;
        const Bytes all(room.room_);
        room.received_.push_back({all.subspan(i * room.each_, std::min(bytes, room.each_)), bytes,
                                  segment_of(messages[i].msg_hdr, bytes)});
    }
    return room.received_;
}

}  // namespace fz::load
