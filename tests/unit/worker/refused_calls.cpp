#include "unit/worker/refused_calls.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

namespace {

using fz::test::refused_calls;

/// Takes the next error from a list that goes round; false to pass the call on.
bool refuse(std::span<const int> errors, std::size_t& at) {
    if (errors.empty()) return false;
    errno = errors[at++ % errors.size()];
    refused_calls.refused += errno != 0;
    return errno != 0;
}

}  // namespace

extern "C" {
ssize_t __real_writev(int fd, const iovec* parts, int count);
int __real_sendmmsg(int fd, mmsghdr* messages, unsigned count, int flags);

ssize_t __wrap_writev(int fd, const iovec* parts, int count) {
    return refuse(refused_calls.writev, refused_calls.next_writev)
               ? -1
               : __real_writev(fd, parts, count);
}

int __wrap_sendmmsg(int fd, mmsghdr* messages, unsigned count, int flags) {
    return refuse(refused_calls.sendmmsg, refused_calls.next_sendmmsg)
               ? -1
               : __real_sendmmsg(fd, messages, count, flags);
}
}
