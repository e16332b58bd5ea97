#include "tun/tun_device.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "wire/transmit.h"

namespace fz::tun {
namespace {

constexpr char kNode[] = "/dev/net/tun";

//  0       1       2       4       6       8       10
// +-------+-------+-------+-------+-------+-------+
// | flags |  gso  |hdr_len|  gso  | csum  | csum  |   struct virtio_net_hdr, VIRTIO 1.2 5.1.6
// |       | type  |       | size  | start | offset|   (linux/virtio_net.h is not valid C++)
// +-------+-------+-------+-------+-------+-------+
struct VnetHeader {
    std::uint8_t flags;
    std::uint8_t gso_type;
    std::uint16_t header_length;
    std::uint16_t gso_size;
    std::uint16_t checksum_start;
    std::uint16_t checksum_offset;
};
static_assert(sizeof(VnetHeader) == 10);

constexpr std::uint8_t kNeedsChecksum = 1;  ///< VIRTIO_NET_HDR_F_NEEDS_CSUM
constexpr std::uint8_t kNoGso = 0;          ///< VIRTIO_NET_HDR_GSO_NONE

/// Without offloads the kernel finishes checksums and segments itself.
bool is_plain(const VnetHeader& header) noexcept {
    return header.gso_type == kNoGso && (header.flags & kNeedsChecksum) == 0;
}

/// Containers often have the driver but not the node.
void create_node_if_missing() noexcept {
    struct stat status {};
    if (::stat(kNode, &status) == 0) return;
    ::mkdir("/dev/net", 0751);
    ::mknod(kNode, S_IFCHR | 0666, makedev(10, 200));  // the open below reports what went wrong
}

Expected<os::UniqueFd> open_node() {
    create_node_if_missing();
    os::UniqueFd fd(::open(kNode, O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (fd) return fd;
    const int reason = errno;
    if (reason == ENODEV || reason == ENXIO)
        return Unexpected{
            Error("the kernel has no TUN driver: load it with `modprobe tun`", reason)};
    return Unexpected{
        Error("cannot open /dev/net/tun (in a container: pass `--device "
              "/dev/net/tun --cap-add NET_ADMIN`)",
              reason)};
}

enum class Attach { first, further };

/// The first queue must create the device: IFF_TUN_EXCL turns down one that another process has.
Expected<os::UniqueFd> open_queue(const std::string& name, Attach attach) {
    FZ_ASSIGN(os::UniqueFd fd, open_node());
    ifreq request{};
    std::memcpy(request.ifr_name, name.data(), std::min<std::size_t>(name.size(), IFNAMSIZ - 1));
    const int flags = IFF_TUN | IFF_NO_PI | IFF_MULTI_QUEUE | IFF_VNET_HDR |
                      (attach == Attach::first ? IFF_TUN_EXCL : 0);
    request.ifr_flags = static_cast<short>(flags);
    if (::ioctl(fd.get(), TUNSETIFF, &request) != 0) {
        const int reason = errno;
        if (reason == EBUSY)
            return Unexpected{Error("the device " + name +
                                    " exists already: stop the gateway that owns it, or remove it "
                                    "with `ip link delete " +
                                    name + "`")};
        return Unexpected{Error("cannot create the device " + name, reason)};
    }
    int header_size = sizeof(VnetHeader);
    if (::ioctl(fd.get(), TUNSETVNETHDRSZ, &header_size) != 0 ||
        ::ioctl(fd.get(), TUNSETOFFLOAD, 0UL) != 0)
        return Unexpected{Error("cannot set up a queue of the device " + name, errno)};
    return fd;
}

}  // namespace

ReadReport TunQueue::read_batch(packet::FramePool& pool, packet::Batch& into,
                                std::size_t bound) noexcept {
    ReadReport report;
    for (std::size_t reads = 0; reads < bound && !into.full(); ++reads) {
        auto packet = pool.take();
        if (!packet) break;
        packet->resize(packet::kMaxPayload);  // longer than any valid packet: cutting shows
        VnetHeader header;
        const iovec parts[] = {{&header, sizeof header},
                               {packet->bytes().data(), packet->bytes().size()}};
        const ssize_t size = ::readv(fd_.get(), parts, 2);
        if (size < 0) {
            report.drained = errno == EAGAIN;
            report.error = errno == EAGAIN || errno == EINTR ? 0 : errno;
            break;
        }
        const auto length = static_cast<std::size_t>(size);
        if (length <= sizeof header || !is_plain(header)) {
            ++report.malformed;
        } else if (length - sizeof header > wire::kMaxIpPacket) {
            ++report.oversized;
        } else {
            packet->resize(length - sizeof header);
            into.push_back(std::move(*packet));
        }
    }
    return report;
}

int TunQueue::write(Bytes packet) noexcept {
    VnetHeader header{};
    // writev reads through its iovecs only; the struct has no const.
    const iovec parts[] = {{&header, sizeof header},
                           {const_cast<std::byte*>(packet.data()), packet.size()}};
    return ::writev(fd_.get(), parts, 2) < 0 ? errno : 0;
}

Expected<TunDevice> TunDevice::create(const std::string& name, std::size_t queues) {
    std::vector<TunQueue> opened;
    for (std::size_t i = 0; i < queues; ++i) {
        FZ_ASSIGN(os::UniqueFd fd, open_queue(name, i == 0 ? Attach::first : Attach::further));
        opened.push_back(TunQueue(std::move(fd)));
    }
    return TunDevice(name, std::move(opened));
}

}  // namespace fz::tun
