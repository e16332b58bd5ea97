// How much went one way between a peer and us: any worker adds, anybody reads.
//
// Added once per run of packets. A line of cache of its own: what is written with every run must
// not take from other workers what they only read.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/cache_line.h"

namespace fz::dataplane {

/// Inner packets, without keep-alives, and their bytes.
struct Traffic {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;

    void add(std::uint64_t packet_bytes) noexcept {
        ++packets;
        bytes += packet_bytes;
    }
    friend bool operator==(const Traffic&, const Traffic&) = default;
};

class alignas(kCacheLine) TrafficMeter {
  public:
    void add(const Traffic& run) noexcept {
        packets_.fetch_add(run.packets, std::memory_order_relaxed);
        bytes_.fetch_add(run.bytes, std::memory_order_relaxed);
    }
    /// While others add, the two numbers may be a run apart.
    [[nodiscard]] Traffic read() const noexcept {
        return {.packets = packets_.load(std::memory_order_relaxed),
                .bytes = bytes_.load(std::memory_order_relaxed)};
    }

  private:
    std::atomic<std::uint64_t> packets_{0};
    std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace fz::dataplane
