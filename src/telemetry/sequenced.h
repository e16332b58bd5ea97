// A value in shared memory that one thread replaces and anybody reads whole: a sequence lock.
//
// The writer never waits and never looks who reads; a reader that met a change tries again. All
// words are atomic, so the memory may be shared with another process, and with one that has died
// in the middle of a change.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>

namespace fz::telemetry {

template <typename T>
class Sequenced {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) % sizeof(std::uint64_t) == 0);
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

  public:
    /// The only writer.
    void store(const T& value) noexcept {
        const auto* const bytes = reinterpret_cast<const unsigned char*>(&value);
        const std::uint64_t before = sequence_.load(std::memory_order_relaxed);
        sequence_.store(before + 1, std::memory_order_relaxed);
        // Whoever reads one of these words also sees the odd number before it.
        for (std::size_t i = 0; i < kWords; ++i) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes + i * sizeof word, sizeof word);
            words_[i].store(word, std::memory_order_release);
        }
        sequence_.store(before + 2, std::memory_order_release);
    }

    /// Any reader. Nothing if the value was being replaced each time it looked.
    [[nodiscard]] std::optional<T> load() const noexcept {
        for (int attempt = 0; attempt < kAttempts; ++attempt) {
            T value;
            auto* const bytes = reinterpret_cast<unsigned char*>(&value);
            const std::uint64_t before = sequence_.load(std::memory_order_acquire);
            for (std::size_t i = 0; i < kWords; ++i) {
                const std::uint64_t word = words_[i].load(std::memory_order_acquire);
                std::memcpy(bytes + i * sizeof word, &word, sizeof word);
            }
            if (before % 2 == 0 && sequence_.load(std::memory_order_relaxed) == before)
                return value;
        }
        return std::nullopt;
    }

  private:
    static constexpr std::size_t kWords = sizeof(T) / sizeof(std::uint64_t);
    /// A change takes a fraction of a microsecond, and there is one for each batch of packets.
    static constexpr int kAttempts = 10'000;

    std::atomic<std::uint64_t> sequence_;  // odd: being replaced. Zero in fresh memory.
    std::array<std::atomic<std::uint64_t>, kWords> words_;
};

}  // namespace fz::telemetry
