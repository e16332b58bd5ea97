#include "injector.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "in_namespace.h"
#include "tun/vnet_header.h"

namespace fz::load {
namespace {

constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kPrefix = sizeof(tun::VnetHeader) + kEthernetHeader;
constexpr int kSendBuffer = 16 << 20;

/// Offsets count from the Ethernet header here.
tun::VnetHeader vnet_header(Traffic traffic, std::size_t count) {
    tun::VnetHeader header;
    header.flags = tun::kNeedsChecksum;
    header.checksum_start = kEthernetHeader + kIpHeader;
    header.checksum_offset = is_tcp(traffic) ? 16 : 6;
    if (count == 1) return header;
    header.gso_type = is_tcp(traffic) ? tun::kGsoTcpV4 : tun::kGsoUdp;
    header.gso_size = static_cast<std::uint16_t>(payload_size(traffic));
    header.header_length = static_cast<std::uint16_t>(kEthernetHeader + header_size(traffic));
    return header;
}

bool set_packet_option(int fd, int name) {
    const int on = 1;
    return ::setsockopt(fd, SOL_PACKET, name, &on, sizeof on) == 0;
}

}  // namespace

Expected<Injector> Injector::open(const FarEnd& far_end) {
    if (!far_end.gateway_mac) return Unexpected{Error("--gateway-mac is missing")};
    return in_namespace(far_end.netns, [&]() -> Expected<Injector> {
        os::UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
        if (!fd) return Unexpected{Error("cannot open a packet socket", errno)};
        if (!set_packet_option(fd.get(), PACKET_VNET_HDR) ||
            !set_packet_option(fd.get(), PACKET_QDISC_BYPASS))
            return Unexpected{Error("cannot set up a packet socket", errno)};
        ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUFFORCE, &kSendBuffer, sizeof kSendBuffer);
        ifreq request{};
        std::memcpy(request.ifr_name, far_end.device.data(),
                    std::min<std::size_t>(far_end.device.size(), IFNAMSIZ - 1));
        if (::ioctl(fd.get(), SIOCGIFHWADDR, &request) != 0)
            return Unexpected{Error("no interface " + far_end.device, errno)};
        MacAddress own;
        std::memcpy(own.data(), request.ifr_hwaddr.sa_data, own.size());
        const int interface = static_cast<int>(::if_nametoindex(far_end.device.c_str()));
        return Injector(std::move(fd), interface, own, *far_end.gateway_mac);
    });
}

Injector::Injector(os::UniqueFd fd, int interface, const MacAddress& own, const MacAddress& gateway)
    : fd_(std::move(fd)),
      interface_(interface),
      own_(own),
      gateway_(gateway),
      room_(kBatch * slot_size()) {
    queued_.reserve(kBatch);
}

bool Injector::add(const FlowTemplate& flow, std::uint64_t number, std::size_t count) {
    if (queued_.size() == kBatch) return false;
    std::byte* const slot = room_.data() + queued_.size() * slot_size();
    const tun::VnetHeader vnet = vnet_header(flow.traffic(), count);
    std::memcpy(slot, &vnet, sizeof vnet);
    Writer ethernet(MutBytes(slot + sizeof vnet, kEthernetHeader));
    ethernet.bytes(gateway_);
    ethernet.bytes(own_);
    ethernet.be(std::uint16_t{ETH_P_IP});
    const std::size_t size = flow.write_super(number, count, {slot + kPrefix, kMaxPacket});
    queued_.push_back({kPrefix + size, count});
    return true;
}

std::uint64_t Injector::flush() noexcept {
    std::array<mmsghdr, kBatch> messages;
    std::array<iovec, kBatch> pieces;
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(ETH_P_IP);
    to.sll_ifindex = interface_;
    for (std::size_t i = 0; i < queued_.size(); ++i) {
        pieces[i] = {room_.data() + i * slot_size(), queued_[i].bytes};
        messages[i] = {};
        messages[i].msg_hdr.msg_iov = &pieces[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_name = &to;
        messages[i].msg_hdr.msg_namelen = sizeof to;
    }
    std::uint64_t refused = 0;
    for (std::size_t done = 0; done < queued_.size();) {
        const int sent = ::sendmmsg(fd_.get(), messages.data() + done,
                                    static_cast<unsigned>(queued_.size() - done), MSG_NOSIGNAL);
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
        } else if (errno != EINTR) {
            refused += queued_[done++].packets;
        }
    }
    queued_.clear();
    return refused;
}

}  // namespace fz::load
