// Counts what the global operator new gives out, in a test binary that links counting_new.cpp.
#pragma once

#include <atomic>
#include <cstddef>

namespace fz::test {

extern std::atomic<std::size_t> allocations;

}  // namespace fz::test
