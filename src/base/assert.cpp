#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace fz {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
    std::fprintf(stderr, "bug: %s does not hold at %s:%d\n", expression, file, line);
    std::abort();
}

}  // namespace fz
