// The mode that writes single small packets into a TUN device: what merging is compared with.
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "flow_template.h"
#include "modes.h"
#include "os/clock.h"
#include "os/unique_fd.h"

namespace fz::load {
namespace {

// A tunnel address no client has, so that the gateway's rules masquerade what comes from it; the
// device's owner routes it there (load_setup.py).
const wire::IpAddr kSource = wire::IpAddr::v4(100, 95, 255, 254);
constexpr std::uint16_t kPort = 19999;  ///< no flow of a sink

Expected<os::UniqueFd> attach(const std::string& name) {
    os::UniqueFd fd(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    if (!fd) return Unexpected{Error("cannot open /dev/net/tun", errno)};
    ifreq request{};
    std::memcpy(request.ifr_name, name.data(), std::min<std::size_t>(name.size(), IFNAMSIZ - 1));
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (::ioctl(fd.get(), TUNSETIFF, &request) != 0)
        return Unexpected{Error("cannot attach to the device " + name, errno)};
    return fd;
}

}  // namespace

Expected<JsonObject> run_tun_writes(const Options& options) {
    if (options.far_end.address.is_unspecified())
        return Unexpected{Error("--destination is missing")};
    FZ_ASSIGN(const os::UniqueFd fd, attach(options.tun));
    const FlowTemplate flow(Traffic::udp84, {kSource, kPort}, {options.far_end.address, kPort});
    std::vector<std::byte> packet(kUdpPacket);
    flow.write(0, packet);
    std::uint64_t writes = 0;
    std::uint64_t errors = 0;
    const Instant begin = os::read_monotonic_clock();
    Instant now = begin;
    while (now - begin < options.seconds) {
        for (int i = 0; i < 256; ++i, ++writes)
            if (::write(fd.get(), packet.data(), packet.size()) < 0) ++errors;
        now = os::read_monotonic_clock();
    }
    const double seconds = std::chrono::duration<double>(now - begin).count();
    JsonObject result;
    result.text("mode", "tun-writes")
        .count("writes", writes)
        .count("errors", errors)
        .number("seconds", seconds)
        .number("ns_per_write", 1e9 * seconds / static_cast<double>(writes));
    return result;
}

}  // namespace fz::load
