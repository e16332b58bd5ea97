// The last minutes of each queue as a line of blocks.
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "stat/overview.h"
#include "stat/rates.h"

namespace fz::stat {

/// A block for each number, as high as it is of the largest one; the newest are at the end, and no
/// more than `width` of them.
[[nodiscard]] std::string sparkline(std::span<const double> numbers, std::size_t width);

class Trend {
  public:
    void add(const Rates& rates);
    /// A line per queue: throughput both ways, then drops.
    [[nodiscard]] Lines lines(std::size_t width) const;

  private:
    static constexpr std::size_t kKept = 120;

    struct Past {
        std::vector<double> bits;
        std::vector<double> drops;
    };
    std::vector<Past> queues_;
};

}  // namespace fz::stat
