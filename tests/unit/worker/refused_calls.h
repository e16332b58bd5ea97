// System calls that fail when a test says so: linked in front of the kernel's (--wrap).
#pragma once

#include <cstddef>
#include <span>

namespace fz::test {

/// Which of the calls from now on fail, and how: call i with errors[i % size], 0 passes it on.
/// Nothing: all are passed on. One thread's.
struct RefusedCalls {
    std::span<const int> writev;
    std::span<const int> sendmmsg;
    std::size_t refused = 0;
    std::size_t next_writev = 0;
    std::size_t next_sendmmsg = 0;
};
inline thread_local RefusedCalls refused_calls;

}  // namespace fz::test
