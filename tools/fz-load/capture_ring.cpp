#include "capture_ring.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <utility>

#include "tun/vnet_header.h"

namespace fz::load {
namespace {

constexpr std::size_t kEthernetHeader = 14;
constexpr std::uint32_t kHeaderSnap = kEthernetHeader + 20 + 20 + 8;  // and a packet number
constexpr std::uint32_t kWholeSnap = 0x40000;
constexpr std::size_t kBlock = std::size_t{1} << 20;

/// Sees the packet from its Ethernet header on: IPv4 to `destination`, cut to `snap` bytes.
bool attach_filter(int fd, const wire::IpAddr& destination, std::uint32_t snap) {
    const auto address = load_be<std::uint32_t>(destination.bytes().data());
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kEthernetHeader + 16),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, address, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, snap),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    const sock_fprog filter{std::size(program), program};
    return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

bool set_packet_option(int fd, int name, int value) {
    return ::setsockopt(fd, SOL_PACKET, name, &value, sizeof value) == 0;
}

Unexpected<Error> failure(const char* what) {
    return Unexpected{Error(std::string("cannot capture: ") + what, errno)};
}

}  // namespace

CaptureRing::Shape CaptureRing::shape_of(Detail detail) noexcept {
    return detail == Detail::headers ? Shape{256, 65536} : Shape{std::size_t{128} << 10, 512};
}

Expected<CaptureRing> CaptureRing::open(const std::string& device, const wire::IpAddr& destination,
                                        Detail detail) {
    // Protocol 0: nothing is received before the ring is there and the socket is bound.
    os::UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (!fd) return failure("socket");
    if (!set_packet_option(fd.get(), PACKET_VERSION, TPACKET_V2)) return failure("TPACKET_V2");
    if (!set_packet_option(fd.get(), PACKET_VNET_HDR, 1)) return failure("PACKET_VNET_HDR");
    if (!attach_filter(fd.get(), destination, detail == Detail::headers ? kHeaderSnap : kWholeSnap))
        return failure("filter");
    const Shape shape = shape_of(detail);
    tpacket_req request{};
    request.tp_frame_size = static_cast<unsigned>(shape.frame);
    request.tp_frame_nr = static_cast<unsigned>(shape.frames);
    request.tp_block_size = kBlock;
    request.tp_block_nr = static_cast<unsigned>(shape.frame * shape.frames / kBlock);
    if (::setsockopt(fd.get(), SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0)
        return failure("PACKET_RX_RING");
    void* memory = ::mmap(nullptr, shape.frame * shape.frames, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_POPULATE, fd.get(), 0);
    if (memory == MAP_FAILED) return failure("mmap");
    CaptureRing ring(std::move(fd), static_cast<std::byte*>(memory), shape);

    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_IP);
    address.sll_ifindex = static_cast<int>(::if_nametoindex(device.c_str()));
    if (address.sll_ifindex == 0) return failure(device.c_str());
    if (::bind(ring.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        return failure("bind");
    return ring;
}

CaptureRing::CaptureRing(CaptureRing&& other) noexcept
    : fd_(std::move(other.fd_)),
      memory_(std::exchange(other.memory_, nullptr)),
      shape_(other.shape_),
      next_(other.next_) {}

CaptureRing::~CaptureRing() {
    if (memory_ != nullptr) ::munmap(memory_, shape_.frame * shape_.frames);
}

std::optional<Captured> CaptureRing::next() noexcept {
    std::byte* const frame = memory_ + next_ * shape_.frame;
    auto* const header = reinterpret_cast<tpacket2_hdr*>(frame);
    const std::atomic_ref<std::uint32_t> status(header->tp_status);
    if ((status.load(std::memory_order_acquire) & TP_STATUS_USER) == 0) return std::nullopt;
    tun::VnetHeader vnet;
    std::memcpy(&vnet, frame + header->tp_mac - sizeof vnet, sizeof vnet);
    const std::size_t captured = header->tp_snaplen;
    return Captured{Bytes(frame + header->tp_mac, captured).subspan(kEthernetHeader),
                    vnet.gso_type == tun::kGsoNone ? std::uint16_t{0} : vnet.gso_size};
}

void CaptureRing::release() noexcept {
    auto* const header = reinterpret_cast<tpacket2_hdr*>(memory_ + next_ * shape_.frame);
    std::atomic_ref<std::uint32_t>(header->tp_status)
        .store(TP_STATUS_KERNEL, std::memory_order_release);
    next_ = (next_ + 1) % shape_.frames;
}

std::uint64_t CaptureRing::take_drops() noexcept {
    tpacket_stats stats{};  // reading sets them to zero
    socklen_t size = sizeof stats;
    if (::getsockopt(fd_.get(), SOL_PACKET, PACKET_STATISTICS, &stats, &size) != 0) return 0;
    return stats.tp_drops;
}

}  // namespace fz::load
