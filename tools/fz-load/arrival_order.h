// Watches the numbers of one flow or session as they arrive: what came late, what is missing.
#pragma once

#include <cstdint>

namespace fz::load {

class ArrivalOrder {
  public:
    /// The next number is expected to be `first`.
    explicit ArrivalOrder(std::uint64_t first = 0) noexcept : next_(first) {}

    /// Numbers [number, number + count) arrived, in this order.
    void arrived(std::uint64_t number, std::uint64_t count) noexcept {
        if (number < next_) {
            late_ += count;
        } else {
            skipped_ += number - next_;
            next_ = number + count;
        }
    }
    /// The same for TCP segments of `payload` bytes, of which the first byte's sequence number is
    /// known: modulo 2^32, so it is taken as the nearest to what is expected.
    void segments_arrived(std::uint32_t sequence, std::uint64_t payload,
                          std::uint64_t count) noexcept {
        const auto expected = static_cast<std::uint32_t>(next_ * payload);
        const auto bytes_ahead = std::int64_t{static_cast<std::int32_t>(sequence - expected)};
        const std::int64_t ahead = bytes_ahead / static_cast<std::int64_t>(payload);
        arrived(next_ + static_cast<std::uint64_t>(ahead), count);
    }

    /// One more than the highest number that arrived.
    [[nodiscard]] std::uint64_t next() const noexcept { return next_; }
    /// Arrived after a higher number.
    [[nodiscard]] std::uint64_t late() const noexcept { return late_; }
    /// Numbers that higher ones overtook, whether or not they came later.
    [[nodiscard]] std::uint64_t skipped() const noexcept { return skipped_; }

  private:
    std::uint64_t next_;
    std::uint64_t late_ = 0;
    std::uint64_t skipped_ = 0;
};

}  // namespace fz::load
