// May this process configure the network? Asked once, before anything is set up.
#pragma once

#include "base/expected.h"

namespace fz::os {

/// Succeeds with CAP_NET_ADMIN in effect, which uid 0 of a container may lack; the error tells how
/// to obtain it.
[[nodiscard]] Expected<void> require_net_admin();

}  // namespace fz::os
