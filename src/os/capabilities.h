// May this process configure the network? Asked once, before anything is set up.
#pragma once

#include "base/expected.h"

namespace fz::os {

/// Succeeds for uid 0 and for holders of CAP_NET_ADMIN; the error tells how to obtain it.
[[nodiscard]] Expected<void> require_net_admin();

}  // namespace fz::os
