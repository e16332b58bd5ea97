// Waits until the loopback interface has delivered what was sent: under load it does that later.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include "os/sockaddr.h"
#include "os/unique_fd.h"
#include "unit/wire/packets.h"

namespace fz::test {

/// The kernel hands over in a queue per processor, so the thread stays on the one that it is on,
/// and a datagram to oneself arrives behind all others.
class Fence {
  public:
    Fence() : fd_(::socket(AF_INET, SOCK_DGRAM, 0)) {
        cpu_set_t here;
        CPU_ZERO(&here);
        CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &here);
        EXPECT_EQ(::sched_setaffinity(0, sizeof here, &here), 0);
        os::KernelAddr own = os::to_kernel({ip("127.0.0.1"), 0});
        EXPECT_EQ(::bind(fd_.get(), own.get(), own.length), 0);
        EXPECT_EQ(::getsockname(fd_.get(), own.get(), &own.length), 0);
        EXPECT_EQ(::connect(fd_.get(), own.get(), own.length), 0);
    }
    void wait() const {
        char byte = 'x';
        pollfd passed{fd_.get(), POLLIN, 0};
        EXPECT_EQ(::send(fd_.get(), &byte, 1, 0), 1);
        EXPECT_EQ(::poll(&passed, 1, 10'000), 1);
        EXPECT_EQ(::recv(fd_.get(), &byte, 1, MSG_DONTWAIT), 1);
    }

  private:
    os::UniqueFd fd_;
};

}  // namespace fz::test
