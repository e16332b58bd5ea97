// The control thread's one place to sleep: an io_uring that tells which sources are ready.
//
// Readiness is a flag, not a callback. `wait` reads nothing: it returns once something is ready or
// the deadline is reached, and the owner then reads every ready source, each with its own bound. A
// source stays ready until its owner says `drained`; so what was left over for fairness makes the
// next `wait` return at once, and no source can starve another.
//
//   for (;;) {
//       loop.wait(gateway.poll_timeout());
//       if (loop.is_ready(udp) && socket.receive(pool, batch).drained) loop.drained(udp);
//       if (loop.is_ready(portal.source())) while (auto event = portal.poll_event()) ...
//   }
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/expected.h"
#include "base/time.h"

namespace fz::slowpath {

/// Names a source of one loop.
struct SourceId {
    std::uint32_t index;
    friend bool operator==(SourceId, SourceId) = default;
};

class EventLoop {
  public:
    /// Errors: the kernel has no io_uring or refuses it, with what to change.
    [[nodiscard]] static Expected<EventLoop> create();
    EventLoop(EventLoop&&) noexcept;
    EventLoop& operator=(EventLoop&&) noexcept;
    ~EventLoop();

    /// Adds `fd`, which its owner keeps open until `remove`. Ready when readable or in error.
    [[nodiscard]] SourceId watch_readable(int fd);
    /// Adds a source without a descriptor, made ready by `raise`.
    [[nodiscard]] SourceId add_source();
    /// Forgets the source; its number may be given to another one.
    void remove(SourceId source);

    void raise(SourceId source) noexcept;
    [[nodiscard]] bool is_ready(SourceId source) const noexcept;
    /// The owner has read everything there was: not ready until the next arrival.
    void drained(SourceId source);

    /// Blocks until a source is ready or `deadline` (never, if nothing) has passed. Returns at once
    /// if a source is still ready, but looks at all the others first.
    void wait(std::optional<Instant> deadline);

    /// For the parts of this folder that run on the same ring.
    struct Impl;
    [[nodiscard]] Impl& impl() noexcept { return *impl_; }

  private:
    explicit EventLoop(std::unique_ptr<Impl> impl) noexcept;

    std::unique_ptr<Impl> impl_;
};

}  // namespace fz::slowpath
