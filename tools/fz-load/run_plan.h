// From options to a connected fleet: what every mode with peers begins with.
#pragma once

#include <memory>

#include "fleet.h"
#include "json_object.h"
#include "options.h"
#include "pace.h"

namespace fz::load {

struct ConnectedFleet {
    std::unique_ptr<Fleet> fleet;
    ConnectReport report;

    /// "peers", "sockets", "connect_seconds", "authorize_seconds"
    void describe(JsonObject& into) const;
};

/// The peers [first, first + count) of the file; without a count, all from `first` on. Errors: an
/// option is missing, the file has too few, a peer cannot be connected.
[[nodiscard]] Expected<ConnectedFleet> connect_peers(const Options& options, std::size_t first,
                                                     std::optional<std::size_t> count);

/// As --rate or --window say; otherwise a closed loop of `window` packets.
[[nodiscard]] Pace pace_of(const Options& options, std::uint64_t window);

}  // namespace fz::load
