// One gateway per network namespace: a name only one process can hold, released by its death.
#pragma once

#include <string_view>

#include "base/expected.h"
#include "os/unique_fd.h"

namespace fz::os {

class SingleInstance {
  public:
    /// Binds the abstract unix socket `name` (unix(7): it belongs to the network namespace and
    /// vanishes with its last descriptor). At most 100 bytes.
    [[nodiscard]] static Expected<SingleInstance> acquire(std::string_view name);

  private:
    explicit SingleInstance(UniqueFd fd) noexcept : fd_(std::move(fd)) {}

    UniqueFd fd_;
};

}  // namespace fz::os
