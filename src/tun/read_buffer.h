// Where packets from the kernel lie until they are sealed: one arena, filled front to back.
#pragma once

#include <memory>
#include <span>

#include "base/inplace_vector.h"
#include "wire/super_packet.h"

namespace fz::tun {

/// Made once per worker.
class ReadBuffer {
  public:
    static constexpr std::size_t kMaxPackets = 64;
    static constexpr std::size_t kLargest = 65'575;  ///< bytes; IPv6 header and largest payload
    /// Two super-packets at least, so that a second one can follow a first; small enough for the
    /// second-level cache.
    static constexpr std::size_t kArena = 192 * 1024;
    static_assert(kArena >= 2 * kLargest);

    ReadBuffer() : arena_(std::make_unique<std::byte[]>(kArena)) {}

    [[nodiscard]] std::span<wire::SuperPacket> packets() noexcept {
        return {packets_.data(), packets_.size()};
    }
    void clear() noexcept {
        packets_.clear();
        used_ = 0;
    }

    /// Room for any packet, or nothing.
    [[nodiscard]] MutBytes room() noexcept {
        if (packets_.full() || kArena - used_ < kLargest) return {};
        return {arena_.get() + used_, kLargest};
    }
    /// The packet lies at the beginning of the room.
    void add(const wire::SuperPacket& packet) noexcept {
        packets_.push_back(packet);
        used_ += packet.bytes.size();
    }

  private:
    std::unique_ptr<std::byte[]> arena_;
    std::size_t used_ = 0;
    InplaceVector<wire::SuperPacket, kMaxPackets> packets_;
};

}  // namespace fz::tun
