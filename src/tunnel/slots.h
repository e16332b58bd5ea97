// The numbers of connections: 24 bits, the upper part of every receiver index we hand out.
//
// A freed slot rests behind all others that are free, so that a late packet for an old connection
// does not meet a new one soon.
#pragma once

#include <cstdint>
#include <deque>

#include "base/assert.h"

namespace fz::tunnel {

class Slots {
  public:
    /// 2^24 connections at once are more than memory holds; asking for one more is a bug.
    [[nodiscard]] std::uint32_t take() {
        if (free_.size() <= kResting && next_ < kSlots) return next_++;
        FZ_ASSERT(!free_.empty());
        const std::uint32_t slot = free_.front();
        free_.pop_front();
        return slot;
    }
    void give(std::uint32_t slot) { free_.push_back(slot); }

  private:
    static constexpr std::uint32_t kSlots = 1u << 24;
    static constexpr std::size_t kResting = 1024;  ///< freed slots kept out of use

    std::uint32_t next_ = 0;
    std::deque<std::uint32_t> free_;
};

}  // namespace fz::tunnel
