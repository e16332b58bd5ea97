// The last lines of the log: what became of every packet.
#pragma once

#include "worker/team.h"

namespace fz::app {

/// One line per direction, with each drop that happened by its name, and one on coalescing. The
/// team has stopped.
void log_totals(const worker::Team& team);

}  // namespace fz::app
