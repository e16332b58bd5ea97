// Which errno came how often in one call, without allocating.
#pragma once

#include <cstdint>

#include "base/inplace_vector.h"

namespace fz {

struct ErrorCount {
    int error;  ///< errno
    std::uint64_t count;
};

/// Up to eight kinds; those of a ninth are counted as the last one.
class ErrorTally {
  public:
    void add(int error, std::uint64_t count = 1) noexcept {
        for (ErrorCount& known : counts_)
            if (known.error == error || (counts_.full() && &known == &counts_.back())) {
                known.count += count;
                return;
            }
        counts_.push_back({error, count});
    }
    [[nodiscard]] bool empty() const noexcept { return counts_.empty(); }
    [[nodiscard]] const ErrorCount* begin() const noexcept { return counts_.begin(); }
    [[nodiscard]] const ErrorCount* end() const noexcept { return counts_.end(); }
    [[nodiscard]] std::uint64_t total() const noexcept {
        std::uint64_t sum = 0;
        for (const ErrorCount& known : counts_) sum += known.count;
        return sum;
    }

  private:
    InplaceVector<ErrorCount, 8> counts_;
};

}  // namespace fz
