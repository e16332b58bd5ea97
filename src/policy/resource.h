// What the portal calls a resource: a thing in the private network, and the ports of it one may
// use.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/uuid.h"
#include "wire/cidr.h"

namespace fz::policy {

using ResourceId = Uuid;
using ClientId = Uuid;

enum class FilterProtocol : std::uint8_t { tcp, udp, icmp };

/// One permitted protocol, for TCP and UDP with an inclusive range of destination ports.
struct Filter {
    FilterProtocol protocol = FilterProtocol::icmp;
    std::uint16_t first_port = 0;
    std::uint16_t last_port = 65535;

    friend bool operator==(const Filter&, const Filter&) = default;
};

struct CidrTarget {
    wire::Cidr network;
};
struct DnsTarget {
    std::string pattern;  ///< "*.corp.example"
};
struct InternetTarget {};

struct Resource {
    ResourceId id;
    std::string name;
    std::variant<CidrTarget, DnsTarget, InternetTarget> target;
    std::vector<Filter> filters;  ///< empty permits everything
};

}  // namespace fz::policy
