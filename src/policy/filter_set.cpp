#include "policy/filter_set.h"

#include <algorithm>

namespace fz::policy {

void PortSet::add(std::uint16_t first, std::uint16_t last) {
    if (first > last) return;
    // Everything between `from` and `to` overlaps the new range or touches it, and is swallowed.
    const auto from = std::find_if(ranges_.begin(), ranges_.end(), [first](const Range& range) {
        return unsigned{range.last} + 1 >= first;
    });
    const auto to = std::find_if(from, ranges_.end(), [last](const Range& range) {
        return range.first > unsigned{last} + 1;
    });
    Range merged{first, last};
    if (from != to) {
        merged.first = std::min(first, from->first);
        merged.last = std::max(last, std::prev(to)->last);
    }
    ranges_.insert(ranges_.erase(from, to), merged);
}

bool PortSet::contains(std::uint16_t port) const noexcept {
    const auto after = std::upper_bound(
        ranges_.begin(), ranges_.end(), port,
        [](std::uint16_t value, const Range& range) { return value < range.first; });
    return after != ranges_.begin() && port <= std::prev(after)->last;
}

void FilterSet::add(std::span<const Filter> filters) {
    if (filters.empty()) everything_ = true;
    for (const Filter& filter : filters) {
        switch (filter.protocol) {
            case FilterProtocol::tcp:
                tcp_.add(filter.first_port, filter.last_port);
                break;
            case FilterProtocol::udp:
                udp_.add(filter.first_port, filter.last_port);
                break;
            case FilterProtocol::icmp:
                icmp_ = true;
                break;
        }
    }
}

bool FilterSet::permits(wire::Flow::Kind kind, std::uint16_t resource_port) const noexcept {
    if (everything_) return true;
    switch (kind) {
        case wire::Flow::Kind::tcp:
            return tcp_.contains(resource_port);
        case wire::Flow::Kind::udp:
            return udp_.contains(resource_port);
        case wire::Flow::Kind::echo_request:
        case wire::Flow::Kind::echo_reply:
        case wire::Flow::Kind::icmp_error:
        case wire::Flow::Kind::icmp_other:
            return icmp_;
        case wire::Flow::Kind::other:
            break;
    }
    return false;
}

}  // namespace fz::policy
