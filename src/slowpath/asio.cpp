// Asio and Beast, compiled once for this folder.
#include <liburing.h>

namespace {

/// Asio 1.81 sets no user data on its cancel and timeout-remove requests, and liburing 2.3 does not
/// clear it: a reused slot of the ring would carry the pointer of an old operation, whose
/// completion would then run a second time. The slots start out zeroed, so it would strike after
/// the ring's 16384 slots were used once.
io_uring_sqe* cleared_sqe(io_uring* ring) {
    io_uring_sqe* sqe = io_uring_get_sqe(ring);
    if (sqe != nullptr) io_uring_sqe_set_data(sqe, nullptr);
    return sqe;
}

}  // namespace

#define io_uring_get_sqe cleared_sqe
#include <boost/asio/impl/src.hpp>
#undef io_uring_get_sqe
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
