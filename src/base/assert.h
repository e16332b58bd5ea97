// A bug in our own code ends the process, in release builds too; never used on outside input.
#pragma once

namespace fz {

/// Prints `expression` with its place to stderr and aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace fz

#define FZ_ASSERT(expression) \
    ((expression) ? static_cast<void>(0) : ::fz::assertion_failed(#expression, __FILE__, __LINE__))
