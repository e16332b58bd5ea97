#include "wire/coalescer.h"

#include "base/assert.h"

namespace fz::wire {

Coalescer::Group* Coalescer::latest_of(const Segment& segment, std::size_t bucket) noexcept {
    for (std::uint16_t at = heads_[bucket]; at != kNone; at = groups_[at].older)
        if (groups_[at].header.same_flow(segment)) return &groups_[at];
    return nullptr;
}

bool Coalescer::may_follow(const Segment& segment) const noexcept {
    return segment.fit == Segment::Fit::acknowledgment ||
           (segment.fit == Segment::Fit::mergeable &&
            !refused_[static_cast<std::size_t>(segment.kind)]);
}

void Coalescer::add(Bytes packet) noexcept {
    const Segment segment = Segment::of(packet);
    const auto entry = static_cast<std::uint16_t>(entries_.size());
    entries_.push_back({segment, kNone});

    if (segment.fit == Segment::Fit::unknown_flow) forget_flows();
    std::uint16_t older = kNone;
    if (segment.kind != Offload::Kind::none) {
        const std::size_t bucket = segment.flow_hash() % kBuckets;
        Group* group = may_follow(segment) ? latest_of(segment, bucket) : nullptr;
        if (group != nullptr && (group->header.join(segment) || group->header.replace(segment))) {
            entries_[group->last].next = entry;
            group->last = entry;
            return;
        }
        older = heads_[bucket];
        heads_[bucket] = static_cast<std::uint16_t>(groups_.size());
    }
    groups_.push_back({MergedHeader(segment), entry, entry, older});
}

std::optional<Coalescer::Write> Coalescer::next() noexcept {
    if (next_group_ == groups_.size()) return std::nullopt;
    Group& group = groups_[next_group_++];
    const bool merged = group.header.segments() > 1;
    pieces_.clear();
    originals_.clear();
    if (merged) pieces_.push_back(group.header.write());
    for (std::uint16_t at = group.first; at != kNone; at = entries_[at].next) {
        const Segment& segment = entries_[at].segment;
        originals_.push_back(segment.packet);
        if (merged) pieces_.push_back(segment.payload());
    }
    if (!merged) pieces_.push_back(originals_.back());
    return Write{group.header.offload(),
                 {pieces_.data(), pieces_.size()},
                 {originals_.data(), originals_.size()}};
}

void Coalescer::clear() noexcept {
    if (groups_.empty()) return;
    forget_flows();
    entries_.clear();
    groups_.clear();
    next_group_ = 0;
}

}  // namespace fz::wire
