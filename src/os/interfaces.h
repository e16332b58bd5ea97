// The host's network interfaces as the packet path cares for them: which, how large, how many
// queues.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "wire/ip_addr.h"

namespace fz::os {

struct Interface {
    std::string name;
    unsigned index = 0;           ///< another one after it was gone and came back
    unsigned receive_queues = 1;  ///< 1 if the driver does not say (ethtool -l)
    unsigned mtu = 0;             ///< bytes of IP packet
    bool up = false;
    std::string driver;                  ///< as in `ethtool -i`; may be empty
    bool large_receive_offload = false;  ///< ethtool -K lro; in the way of XDP

    friend bool operator==(const Interface&, const Interface&) = default;
};

/// Nothing if there is no such interface in this network namespace.
[[nodiscard]] std::optional<Interface> read_interface(const std::string& name);

/// Those with a default route of either family.
[[nodiscard]] std::set<std::string> default_route_interfaces();

/// Every address that this host answers to, loopback included.
[[nodiscard]] std::vector<wire::IpAddr> host_addresses();

}  // namespace fz::os
