// Hears from the kernel that the host's links, addresses or default routes have changed.
//
// Not what has changed: who wants to know looks for itself (interfaces.h), and so misses nothing
// when the kernel had more to say than the socket could hold. The kernel does not announce
// everything: the number of queues (ethtool -L) and XDP programs come and go without a word.
#pragma once

#include "base/expected.h"
#include "os/unique_fd.h"

namespace fz::os {

class HostWatch {
  public:
    /// Of this network namespace.
    [[nodiscard]] static Expected<HostWatch> create();

    /// Readable when there may be news.
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// True if something has changed since the last call, or if news were lost. Never blocks, and
    /// reads a bounded number of messages: after more than that, `fd` stays readable.
    [[nodiscard]] bool drain() noexcept;

  private:
    explicit HostWatch(UniqueFd fd) noexcept : fd_(std::move(fd)) {}

    UniqueFd fd_;
};

}  // namespace fz::os
