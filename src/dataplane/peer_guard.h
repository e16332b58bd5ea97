// The only lock of the packet path: around what two workers could change of one peer at once.
//
// It covers a few loads and stores of the replay window, never a cipher and never a system call,
// and is never shared between peers. Workers rarely meet on a peer; how often is counted.
#pragma once

#include <atomic>
#include <cstdint>

namespace fz::dataplane {

class PeerGuard {
  public:
    /// Held from construction to destruction. `contended` grows by one if it had to wait.
    class Lock {
      public:
        Lock(PeerGuard& guard, std::uint64_t& contended) noexcept : guard_(guard) {
            if (!guard_.held_.test_and_set(std::memory_order_acquire)) return;
            ++contended;
            while (guard_.held_.test_and_set(std::memory_order_acquire))
                while (guard_.held_.test(std::memory_order_relaxed)) relax();
        }
        ~Lock() { guard_.held_.clear(std::memory_order_release); }
        Lock(const Lock&) = delete;
        Lock& operator=(const Lock&) = delete;

      private:
        /// Tells the core that it waits for another one.
        static void relax() noexcept {
#if defined(__x86_64__)
            __builtin_ia32_pause();
#elif defined(__aarch64__)
            asm volatile("yield");
#endif
        }

        PeerGuard& guard_;
    };

  private:
    std::atomic_flag held_;
};

}  // namespace fz::dataplane
