#include "os/parallelism.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "os/unique_fd.h"

namespace fz::os {
namespace {

/// Interfaces with a default route of either family; the tables show this network namespace.
std::set<std::string> default_route_interfaces() {
    std::set<std::string> names;
    std::string line;
    // Iface Destination Gateway Flags RefCnt Use Metric Mask ...
    for (std::ifstream v4("/proc/self/net/route"); std::getline(v4, line);) {
        std::istringstream words(line);
        std::string name, destination, skip, mask;
        words >> name >> destination >> skip >> skip >> skip >> skip >> skip >> mask;
        if (destination == "00000000" && mask == "00000000") names.insert(name);
    }
    // destination length source length next-hop metric refcnt use flags Iface
    for (std::ifstream v6("/proc/self/net/ipv6_route"); std::getline(v6, line);) {
        std::istringstream words(line);
        std::string destination, length, skip, name;
        words >> destination >> length;
        for (int i = 0; i < 7; ++i) words >> skip;
        words >> name;
        if (length == "00" && destination.find_first_not_of('0') == std::string::npos &&
            name != "lo")
            names.insert(name);
    }
    return names;
}

std::size_t receive_queues(int socket, const std::string& interface) noexcept {
    ethtool_channels channels{};
    channels.cmd = ETHTOOL_GCHANNELS;
    ifreq request{};
    std::memcpy(request.ifr_name, interface.data(),
                std::min<std::size_t>(interface.size(), IFNAMSIZ - 1));
    request.ifr_data = reinterpret_cast<char*>(&channels);
    if (::ioctl(socket, SIOCETHTOOL, &request) != 0) return 1;
    return std::max<std::size_t>(1, channels.combined_count + channels.rx_count);
}

}  // namespace

std::size_t usable_processors() noexcept {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

std::size_t default_route_queues() {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    std::size_t most = 1;
    for (const std::string& name : default_route_interfaces())
        most = std::max(most, receive_queues(socket.get(), name));
    return most;
}

}  // namespace fz::os
