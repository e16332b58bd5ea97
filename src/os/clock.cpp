#include "os/clock.h"

#include <ctime>

namespace fz::os {
namespace {

std::chrono::nanoseconds read(clockid_t clock) noexcept {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Now read_clocks() noexcept {
    return {Instant(read(CLOCK_MONOTONIC)), UnixTime(read(CLOCK_REALTIME))};
}

Instant read_monotonic_clock() noexcept { return Instant(read(CLOCK_MONOTONIC)); }

std::uint64_t read_cycle_counter() noexcept {
#ifdef __x86_64__
    return __builtin_ia32_rdtsc();
#else
    return 0;
#endif
}

}  // namespace fz::os
