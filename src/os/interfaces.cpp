#include "os/interfaces.h"

#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

#include "os/sockaddr.h"
#include "os/unique_fd.h"

namespace fz::os {
namespace {

/// Questions about one interface, by name.
class Question {
  public:
    explicit Question(const std::string& name) noexcept
        : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        std::memcpy(request_.ifr_name, name.data(),
                    std::min<std::size_t>(name.size(), IFNAMSIZ - 1));
    }

    bool ask(unsigned long what) noexcept { return ::ioctl(socket_.get(), what, &request_) == 0; }
    bool ask_ethtool(void* command) noexcept {
        request_.ifr_data = static_cast<char*>(command);
        return ask(SIOCETHTOOL);
    }
    [[nodiscard]] const ifreq& answer() const noexcept { return request_; }

  private:
    UniqueFd socket_;
    ifreq request_{};
};

unsigned receive_queues(const std::string& name) noexcept {
    ethtool_channels channels{};
    channels.cmd = ETHTOOL_GCHANNELS;
    if (!Question(name).ask_ethtool(&channels)) return 1;
    return std::max(1U, channels.combined_count + channels.rx_count);
}

std::string driver(const std::string& name) {
    ethtool_drvinfo info{};
    info.cmd = ETHTOOL_GDRVINFO;
    if (!Question(name).ask_ethtool(&info)) return {};
    return {info.driver, ::strnlen(info.driver, sizeof info.driver)};
}

bool has_large_receive_offload(const std::string& name) noexcept {
    ethtool_value flags{};
    flags.cmd = ETHTOOL_GFLAGS;
    return Question(name).ask_ethtool(&flags) && (flags.data & ETH_FLAG_LRO) != 0;
}

}  // namespace

std::optional<Interface> read_interface(const std::string& name) {
    const unsigned index = ::if_nametoindex(name.c_str());
    Question mtu(name), flags(name);
    if (index == 0 || !mtu.ask(SIOCGIFMTU) || !flags.ask(SIOCGIFFLAGS)) return std::nullopt;
    return Interface{.name = name,
                     .index = index,
                     .receive_queues = receive_queues(name),
                     .mtu = static_cast<unsigned>(mtu.answer().ifr_mtu),
                     .up = (flags.answer().ifr_flags & IFF_UP) != 0,
                     .driver = driver(name),
                     .large_receive_offload = has_large_receive_offload(name)};
}

// The tables show this network namespace.
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

std::vector<wire::IpAddr> host_addresses() {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> list(first, ::freeifaddrs);
    std::vector<wire::IpAddr> addresses;
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr) continue;
        const int family = each->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6) continue;
        sockaddr_storage storage{};
        std::memcpy(&storage, each->ifa_addr,
                    family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
        if (const auto address = from_kernel(storage)) addresses.push_back(address->ip);
    }
    return addresses;
}

}  // namespace fz::os
