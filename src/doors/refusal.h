// Why an interface has no XDP path, as a sentence that names the reason and what would change it.
#pragma once

#include <string>

#include "base/error.h"
#include "os/interfaces.h"

namespace fz::doors {

/// At which step the kernel refused.
enum class Step : std::uint8_t { find, load, open_ring, attach };

/// One sentence without a full stop, for the log and for the operator's screen. `interface` is as
/// it was when the kernel refused.
[[nodiscard]] std::string explain(Step step, const Error& refusal, const os::Interface& interface);

}  // namespace fz::doors
