// The connected clients as a JSON document that fits into one answer of the command port.
//
//   {"next":64,"peers":[{"slot":0,"id":"...","path":"direct",...},...]}
//
// `next` is where to go on, or null. Times are whole numbers of the unit in their key, counted back
// from the question; only `expires_at` is civil time, in seconds since 1970. What is not known, or
// never ends, is null.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "os/command_port.h"
#include "tunnel/roster.h"

namespace fz::app {

inline constexpr std::size_t kPeersPerAnswer = 64;                ///< at most; long rows are less
inline constexpr std::size_t kMaxPeerList = os::kMaxAnswer - 64;  ///< bytes

/// The clients from slot `from` on, as many as fit into kMaxPeerList bytes; at least one if there
/// is one.
[[nodiscard]] std::string peer_list(const tunnel::Roster& roster, std::uint32_t from, Instant now);

}  // namespace fz::app
