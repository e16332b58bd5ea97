// Termination signals as something to read, instead of something that interrupts.
#pragma once

#include <optional>

#include "base/expected.h"
#include "os/unique_fd.h"

namespace fz::os {

/// SIGINT, SIGTERM and SIGHUP (a closed terminal must not leave rules and tables behind). From
/// creation on they no longer end the process by themselves; create it before any thread, so that
/// every thread inherits the mask.
class TerminationSignals {
  public:
    [[nodiscard]] static Expected<TerminationSignals> create();

    /// Readable when a signal is pending.
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// The number of the next pending signal, or nothing. Never blocks.
    [[nodiscard]] std::optional<int> poll() noexcept;

  private:
    explicit TerminationSignals(UniqueFd fd) noexcept : fd_(std::move(fd)) {}

    UniqueFd fd_;
};

}  // namespace fz::os
