// Who is connected, and how.
#pragma once

#include <span>

#include "stat/overview.h"
#include "telemetry/peer_report.h"

namespace fz::stat {

/// Both of the following.
[[nodiscard]] Lines peers_and_grants(std::span<const telemetry::PeerReport> reports, UnixTime now,
                                     std::size_t width);
/// A row for each, sorted by nothing: as the gateway keeps them.
[[nodiscard]] Lines peers(std::span<const telemetry::PeerReport> reports, std::size_t width);
/// What each may reach, and until when; `now` is civil time.
[[nodiscard]] Lines grants(std::span<const telemetry::PeerReport> reports, UnixTime now,
                           std::size_t width);

}  // namespace fz::stat
