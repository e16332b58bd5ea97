// A bounded queue between one producing and one consuming thread, without locks.
#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "base/assert.h"
#include "base/cache_line.h"

namespace fz {

/// Entries are made once and reused in place, so that a large one is filled and read where it lies.
template <typename T>
class SpscRing {
  public:
    /// `capacity` is a power of two.
    explicit SpscRing(std::size_t capacity) : entries_(capacity) {
        FZ_ASSERT(capacity != 0 && (capacity & (capacity - 1)) == 0);
    }

    // The producer.
    /// The entry to fill, or nullptr while the ring is full.
    [[nodiscard]] T* claim() noexcept {
        const std::size_t tail = tail_.load(std::memory_order_relaxed);
        if (tail - head_.load(std::memory_order_acquire) == entries_.size()) return nullptr;
        return &entries_[tail & (entries_.size() - 1)];
    }
    /// Hands the claimed entry to the consumer.
    void publish() noexcept {
        tail_.store(tail_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }

    // The consumer.
    /// The oldest entry, or nullptr while the ring is empty.
    [[nodiscard]] const T* front() const noexcept {
        const std::size_t head = head_.load(std::memory_order_relaxed);
        if (head == tail_.load(std::memory_order_acquire)) return nullptr;
        return &entries_[head & (entries_.size() - 1)];
    }
    /// Gives the oldest entry back to the producer.
    void pop() noexcept {
        head_.store(head_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }

  private:
    std::vector<T> entries_;
    alignas(kCacheLine) std::atomic<std::size_t> head_{0};
    alignas(kCacheLine) std::atomic<std::size_t> tail_{0};
};

}  // namespace fz
