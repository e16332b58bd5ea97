// Whose processor time was spent while packets flowed: one process, and whole processors.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "json_object.h"
#include "options.h"

namespace fz::load {

/// Sums over all intervals between `begin` and `end`.
/// Source: proc(5): /proc/PID/task/TID/schedstat (nanoseconds), /proc/stat (ticks of 10 ms)
class CpuWatch {
  public:
    explicit CpuWatch(const Options& options);

    void begin();
    void end();
    /// "process_cpu_seconds", "watched_seconds" and "cpus", as main.cpp says
    void describe(JsonObject& into) const;

  private:
    enum Column : std::size_t { user, system, irq, softirq, idle, kColumns };
    using Ticks = std::array<std::uint64_t, kColumns>;
    struct Reading {
        Instant at{};
        std::uint64_t process_ns = 0;
        std::vector<Ticks> cpus;
    };
    [[nodiscard]] Reading read() const;

    std::optional<int> pid_;
    std::vector<int> cpus_;
    Reading begun_;
    Reading total_;
    Duration watched_{};
};

}  // namespace fz::load
