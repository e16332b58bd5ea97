// Order statistics of a sample of durations.
#pragma once

#include <vector>

#include "base/time.h"
#include "json_object.h"

namespace fz::load {

class Percentiles {
  public:
    void add(Duration value) { sorted_ = false, values_.push_back(value); }
    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    /// The smallest value that at least `share` (0..1) of all values do not exceed. Needs one
    /// value.
    [[nodiscard]] Duration at(double share);
    /// "min_us", "p50_us", "p90_us", "p99_us", "p999_us", "max_us"; null without any value.
    void describe(JsonObject& into);

  private:
    std::vector<Duration> values_;
    bool sorted_ = false;
};

}  // namespace fz::load
