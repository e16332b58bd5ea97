#include "os/entropy.h"

#include <sys/random.h>

#include <cerrno>

#include "base/assert.h"

namespace fz::os {

std::array<std::byte, 32> random_seed() noexcept {
    std::array<std::byte, 32> seed;
    ssize_t got = -1;
    do {
        got = ::getrandom(seed.data(), seed.size(), 0);
    } while (got < 0 && errno == EINTR);
    // Requests of up to 256 bytes are never cut short, getrandom(2); running on without a seed
    // would be running on without secrets.
    FZ_ASSERT(got == static_cast<ssize_t>(seed.size()));
    return seed;
}

}  // namespace fz::os
