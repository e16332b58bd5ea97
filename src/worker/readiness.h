// Which of a worker's descriptors can be read: a thin epoll.
#pragma once

#include <cstdint>

#include "base/expected.h"
#include "base/time.h"
#include "os/unique_fd.h"

namespace fz::worker {

class Readiness {
  public:
    /// A bit per descriptor.
    using Set = std::uint64_t;

    [[nodiscard]] static Expected<Readiness> create();

    /// Level-triggered: what was not read to the end is ready again. `bit` is below 64. Any
    /// thread, as `forget`.
    [[nodiscard]] Expected<void> watch(int fd, unsigned bit);
    /// For a descriptor that would be ready for ever.
    void forget(int fd) noexcept;
    /// While it waits, the caller's core polls the receive queues of what is watched itself, for so
    /// long before it sleeps, and asks their interrupts to stay away (preferred busy polling,
    /// Linux 6.9). Errors: the kernel is older.
    [[nodiscard]] Expected<void> prefer_busy_polling(Duration limit) noexcept;

    /// Blocks until at least one is ready; empty if a signal came first.
    [[nodiscard]] Set wait() noexcept { return collect(-1); }
    /// Those that are ready now, perhaps none.
    [[nodiscard]] Set poll() noexcept { return collect(0); }

  private:
    explicit Readiness(os::UniqueFd fd) noexcept : fd_(std::move(fd)) {}

    [[nodiscard]] Set collect(int timeout_ms) noexcept;

    os::UniqueFd fd_;
};

}  // namespace fz::worker
