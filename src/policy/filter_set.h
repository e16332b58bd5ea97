// The ports and protocols that one or several resources permit, merged into one set.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/resource.h"
#include "wire/flow.h"

namespace fz::policy {

/// A set of ports as sorted inclusive ranges, no two of which touch.
class PortSet {
  public:
    /// A range whose first port is above its last one is empty.
    void add(std::uint16_t first, std::uint16_t last);
    [[nodiscard]] bool contains(std::uint16_t port) const noexcept;

    friend bool operator==(const PortSet&, const PortSet&) = default;

  private:
    struct Range {
        std::uint16_t first;
        std::uint16_t last;
        friend bool operator==(const Range&, const Range&) = default;
    };
    std::vector<Range> ranges_;
};

class FilterSet {
  public:
    /// Permits also what `filters` permit: everything if the list is empty.
    void add(std::span<const Filter> filters);

    /// `resource_port` is the port on the resource's side of the flow. ICMP is permitted or refused
    /// as a whole; other protocols pass only where everything does.
    [[nodiscard]] bool permits(wire::Flow::Kind kind, std::uint16_t resource_port) const noexcept;

    friend bool operator==(const FilterSet&, const FilterSet&) = default;

  private:
    bool everything_ = false;
    bool icmp_ = false;
    PortSet tcp_;
    PortSet udp_;
};

}  // namespace fz::policy
