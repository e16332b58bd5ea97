// Linked in front of liburing (--wrap).
#include "unit/slowpath/scarce_descriptors.h"

#include <sys/resource.h>

struct io_uring;

extern "C" {
int __real_io_uring_submit(io_uring* ring);

int __wrap_io_uring_submit(io_uring* ring) {
    if (!fz::test::descriptors_are_scarce) return __real_io_uring_submit(ring);
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    const int submitted = __real_io_uring_submit(ring);
    ::setrlimit(RLIMIT_NOFILE, &before);
    return submitted;
}
}
