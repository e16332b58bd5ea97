#include "policy/filter_table.h"

#include <algorithm>

#include "base/endian.h"

namespace fz::policy {

FilterTable::FilterTable(std::span<const Entry> entries)
    : v4_(segments_of(wire::Family::v4, entries)), v6_(segments_of(wire::Family::v6, entries)) {}

const FilterSet* FilterTable::find(const wire::IpAddr& ip) const noexcept {
    const std::vector<Segment>& segments = ip.is_v4() ? v4_ : v6_;
    const auto after =
        std::upper_bound(segments.begin(), segments.end(), key_of(ip),
                         [](Key key, const Segment& segment) { return key < segment.first; });
    if (after == segments.begin()) return nullptr;
    const std::uint32_t filters = std::prev(after)->filters;
    return filters == kNone ? nullptr : &sets_[filters];
}

FilterTable::Key FilterTable::key_of(const wire::IpAddr& ip) noexcept {
    const std::byte* bytes = ip.bytes().data();
    if (ip.is_v4()) return load_be<std::uint32_t>(bytes);
    return Key{load_be<std::uint64_t>(bytes)} << 64 | load_be<std::uint64_t>(bytes + 8);
}

std::vector<FilterTable::Segment> FilterTable::segments_of(wire::Family family,
                                                           std::span<const Entry> entries) {
    struct Span {
        Key first;
        Key last;
        std::span<const Filter> filters;
    };
    std::vector<Span> networks;
    std::vector<Key> borders;
    for (const Entry& entry : entries) {
        const wire::Cidr& network = entry.network;
        if (network.base().family() != family) continue;
        const unsigned host_bits = (family == wire::Family::v4 ? 32u : 128u) - network.length();
        const Key hosts = host_bits == 128 ? ~Key{0} : (Key{1} << host_bits) - 1;
        const Key first = key_of(network.base());
        networks.push_back({first, first + hosts, entry.filters});
        borders.push_back(first);
        if (first + hosts != ~Key{0}) borders.push_back(first + hosts + 1);
    }
    std::sort(borders.begin(), borders.end());
    borders.erase(std::unique(borders.begin(), borders.end()), borders.end());

    std::vector<Segment> segments;
    segments.reserve(borders.size());
    for (const Key border : borders) {
        FilterSet set;
        bool covered = false;
        for (const Span& network : networks) {
            if (border < network.first || border > network.last) continue;
            set.add(network.filters);
            covered = true;
        }
        segments.push_back({border, covered ? intern(std::move(set)) : kNone});
    }
    return segments;
}

std::uint32_t FilterTable::intern(FilterSet set) {
    const auto known = std::find(sets_.begin(), sets_.end(), set);
    const auto index = static_cast<std::uint32_t>(known - sets_.begin());
    if (known == sets_.end()) sets_.push_back(std::move(set));
    return index;
}

}  // namespace fz::policy
