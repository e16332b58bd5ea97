#include "tun/tun_device.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tun/vnet_header.h"

namespace fz::tun {
namespace {

constexpr char kNode[] = "/dev/net/tun";

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
    if (::ioctl(fd.get(), TUNSETVNETHDRSZ, &header_size) != 0)
        return Unexpected{Error("cannot set up a queue of the device " + name, errno)};
    return fd;
}

/// Asks for super-packets as far as the kernel has them: UDP since 6.2. They belong to the device.
Expected<Offloads> request_offloads(int fd, const std::string& name) {
    constexpr unsigned long kTcp = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
    constexpr unsigned long kUdp = 0x20 | 0x40;  // TUN_F_USO4, TUN_F_USO6: newer than the headers
    if (::ioctl(fd, TUNSETOFFLOAD, kTcp | kUdp) == 0) return Offloads::tcp_and_udp;
    if (::ioctl(fd, TUNSETOFFLOAD, kTcp) == 0) return Offloads::tcp;
    if (::ioctl(fd, TUNSETOFFLOAD, 0UL) == 0) return Offloads::none;
    return Unexpected{Error("cannot set up the device " + name, errno)};
}

}  // namespace

std::string_view name_of(Offloads offloads) noexcept {
    switch (offloads) {
        case Offloads::none:
            return "none";
        case Offloads::tcp:
            return "tcp";
        case Offloads::tcp_and_udp:
            return "tcp and udp";
    }
    return "unknown";
}

Expected<TunDevice> TunDevice::create(const std::string& name, std::size_t queues) {
    std::vector<TunQueue> opened;
    auto offloads = Offloads::none;
    for (std::size_t i = 0; i < queues; ++i) {
        FZ_ASSIGN(os::UniqueFd fd, open_queue(name, i == 0 ? Attach::first : Attach::further));
        if (i == 0) {
            FZ_ASSIGN(offloads, request_offloads(fd.get(), name));
        }
        opened.emplace_back(std::move(fd));
    }
    return TunDevice(name, std::move(opened), offloads);
}

}  // namespace fz::tun
