// The process's environment as a value, for parse().
#pragma once

#include "app/config.h"

namespace fz::app {

/// `variables`: as the C library's `environ`, null-terminated.
[[nodiscard]] Environment environment_of(const char* const* variables);

}  // namespace fz::app
