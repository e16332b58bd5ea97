#include "percentiles.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace fz::load {

Duration Percentiles::at(double share) {
    if (!std::exchange(sorted_, true)) std::sort(values_.begin(), values_.end());
    const double rank = std::ceil(share * static_cast<double>(values_.size()));
    return values_[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

void Percentiles::describe(JsonObject& into) {
    constexpr std::pair<const char*, double> kWanted[] = {{"min_us", 0},      {"p50_us", 0.5},
                                                          {"p90_us", 0.9},    {"p99_us", 0.99},
                                                          {"p999_us", 0.999}, {"max_us", 1}};
    for (const auto& [key, share] : kWanted) {
        if (values_.empty())
            into.raw(key, "null");
        else
            into.number(key, std::chrono::duration<double, std::micro>(at(share)).count());
    }
}

}  // namespace fz::load
