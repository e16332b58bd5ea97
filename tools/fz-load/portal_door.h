// Asks the lab's portal, over its control socket, to authorise peers at the gateway.
#pragma once

#include <string>

#include "base/expected.h"

namespace fz::load {

class PortalDoor {
  public:
    /// Without a path every peer counts as authorised.
    explicit PortalDoor(std::string socket_path) : path_(std::move(socket_path)) {}

    /// Waits until the gateway has authorised the peers [first, first + count) of those introduced
    /// last. Errors: no such socket, or the portal's own sentence.
    [[nodiscard]] Expected<void> authorize(std::size_t first, std::size_t count) const;

  private:
    std::string path_;
};

}  // namespace fz::load
