// Packets of one batch become as few kernel writes as possible: segments of one TCP or UDP flow are
// handed over as one packet, by the rules of the kernel's own receive offload (GRO), and an
// acknowledgment stands for those right before it that say less.
//
//   packets:  A1 B1 A2 A3 ack1 ack2 A4 B2      writes:  [A1 A2 A3] [B1 B2] [ack2] [A4]
//
// Each flow's packets keep their order. Nothing waits for another batch. Packets are not modified:
// a merged header is made aside, so that a write the kernel refuses can be repeated one by one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/inplace_vector.h"
#include "wire/coalescing.h"
#include "wire/offload.h"

namespace fz::wire {

class Coalescer {
  public:
    static constexpr std::size_t kCapacity = 256;  ///< packets between two clears

    /// What one write hands to the kernel.
    struct Write {
        Offload offload;
        std::span<const Bytes> pieces;     ///< one packet, in pieces; in one, if not merged
        std::span<const Bytes> originals;  ///< the packets that it stands for
    };

    Coalescer() noexcept { forget_flows(); }

    /// A whole IP packet that IpPacketView accepts; it stays where it is until `clear`.
    void add(Bytes packet) noexcept;
    /// The next write, until all packets are out; valid until the next call.
    [[nodiscard]] std::optional<Write> next() noexcept;
    void clear() noexcept;

    /// Which merges the kernel takes; all of them at first.
    void stop_merging(Offload::Kind kind) noexcept {
        refused_[static_cast<std::size_t>(kind)] = true;
    }

  private:
    static constexpr std::uint16_t kNone = 0xffff;
    static constexpr std::size_t kBuckets = 512;

    struct Entry {
        Segment segment;
        std::uint16_t next;  ///< the next packet of the same group, or kNone
    };
    struct Group {
        MergedHeader header;
        std::uint16_t first;  ///< entry
        std::uint16_t last;
        std::uint16_t older;  ///< the group before in this bucket, or kNone
    };

    /// The flow's latest group, or nullptr.
    [[nodiscard]] Group* latest_of(const Segment& segment, std::size_t bucket) noexcept;
    [[nodiscard]] bool may_follow(const Segment& segment) const noexcept;
    void forget_flows() noexcept { heads_.fill(kNone); }

    InplaceVector<Entry, kCapacity> entries_;
    InplaceVector<Group, kCapacity> groups_;
    std::array<std::uint16_t, kBuckets> heads_;  ///< the latest group by flow
    std::size_t next_group_ = 0;
    InplaceVector<Bytes, MergedHeader::kMaxSegments + 1> pieces_;
    InplaceVector<Bytes, kCapacity> originals_;
    std::array<bool, 4> refused_{};
};

}  // namespace fz::wire
