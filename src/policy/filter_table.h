// From an address to the filters that apply to it: the union over all networks that contain it.
//
// Networks nest or are disjoint, so their borders cut the address space into at most 2n + 1
// segments with one filter set each, and a longest-prefix match becomes one binary search.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "policy/filter_set.h"
#include "wire/cidr.h"

namespace fz::policy {

class FilterTable {
  public:
    struct Entry {
        wire::Cidr network;
        std::span<const Filter> filters;  ///< borrowed for the construction; empty permits all
    };

    FilterTable() = default;
    explicit FilterTable(std::span<const Entry> entries);

    /// Nothing if no network contains the address. O(log n), no allocation.
    [[nodiscard]] const FilterSet* find(const wire::IpAddr& ip) const noexcept;

  private:
    __extension__ using Key = unsigned __int128;

    struct Segment {
        Key first;              ///< reaches to the next segment's first address
        std::uint32_t filters;  ///< index in sets_, or kNone
    };
    static constexpr std::uint32_t kNone = 0xffffffff;

    static Key key_of(const wire::IpAddr& ip) noexcept;
    std::vector<Segment> segments_of(wire::Family family, std::span<const Entry> entries);
    std::uint32_t intern(FilterSet set);

    std::vector<FilterSet> sets_;  // before the segments, whose construction fills it
    std::vector<Segment> v4_;
    std::vector<Segment> v6_;
};

}  // namespace fz::policy
