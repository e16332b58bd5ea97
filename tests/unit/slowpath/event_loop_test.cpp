#include "slowpath/event_loop.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

#include "os/clock.h"
#include "os/unique_fd.h"

namespace fz::slowpath {
namespace {

struct Pipe {
    os::UniqueFd reading;
    os::UniqueFd writing;

    Pipe() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
        reading = os::UniqueFd(ends[0]);
        writing = os::UniqueFd(ends[1]);
    }
    void put() { EXPECT_EQ(::write(writing.get(), "x", 1), 1); }
    bool take() {
        char byte = 0;
        return ::read(reading.get(), &byte, 1) == 1;
    }
};

Instant in(Duration time) { return os::read_clocks().instant + time; }

class EventLoopTest : public ::testing::Test {
  protected:
    void SetUp() override {
        auto made = EventLoop::create();
        if (!made) GTEST_SKIP() << made.error().to_string();
        loop_.emplace(std::move(made).value());
    }
    std::optional<EventLoop> loop_;
};

TEST_F(EventLoopTest, WaitReturnsAtTheDeadline) {
    const Instant deadline = in(20ms);
    loop_->wait(deadline);
    const Instant now = os::read_clocks().instant;
    EXPECT_GE(now, deadline);
    EXPECT_LT(now, deadline + 2s);
    loop_->wait(deadline);  // long past: returns at once
}

TEST_F(EventLoopTest, ADeadlineServesOnceAndCanBeSetAgain) {
    loop_->wait(in(5ms));
    const Instant second = in(20ms);
    loop_->wait(second);
    EXPECT_GE(os::read_clocks().instant, second);
}

TEST_F(EventLoopTest, TellsWhichSourceIsReadyWithoutReadingIt) {
    Pipe quiet, busy;
    const SourceId quiet_source = loop_->watch_readable(quiet.reading.get());
    const SourceId busy_source = loop_->watch_readable(busy.reading.get());
    busy.put();
    loop_->wait(std::nullopt);
    EXPECT_TRUE(loop_->is_ready(busy_source));
    EXPECT_FALSE(loop_->is_ready(quiet_source));
    EXPECT_TRUE(busy.take());
}

TEST_F(EventLoopTest, StaysReadyUntilDrained) {
    Pipe pipe;
    const SourceId source = loop_->watch_readable(pipe.reading.get());
    pipe.put();
    loop_->wait(std::nullopt);
    EXPECT_TRUE(pipe.take());
    loop_->wait(std::nullopt);  // would block forever if the flag had gone
    EXPECT_TRUE(loop_->is_ready(source));
    loop_->drained(source);
    loop_->wait(in(5ms));
    EXPECT_FALSE(loop_->is_ready(source));
}

TEST_F(EventLoopTest, DrainedTooEarlyLosesNothing) {
    Pipe pipe;
    const SourceId source = loop_->watch_readable(pipe.reading.get());
    pipe.put();
    loop_->wait(std::nullopt);
    loop_->drained(source);  // the byte is still there
    loop_->wait(in(5s));
    EXPECT_TRUE(loop_->is_ready(source));
}

TEST_F(EventLoopTest, ASourceThatIsAlwaysReadyStarvesNoOther) {
    Pipe flood, trickle;
    const SourceId flooding = loop_->watch_readable(flood.reading.get());
    const SourceId trickling = loop_->watch_readable(trickle.reading.get());
    flood.put();
    int seen = 0;
    for (int tick = 0; tick < 100; ++tick) {
        trickle.put();
        loop_->wait(in(5s));
        EXPECT_TRUE(loop_->is_ready(flooding));  // never drained
        if (!loop_->is_ready(trickling)) continue;
        ++seen;
        while (trickle.take()) {
        }
        loop_->drained(trickling);
    }
    EXPECT_GE(seen, 99);
}

TEST_F(EventLoopTest, ClosedPeersAreReadiness) {
    Pipe pipe;
    const SourceId source = loop_->watch_readable(pipe.reading.get());
    pipe.writing = os::UniqueFd();
    loop_->wait(in(5s));
    EXPECT_TRUE(loop_->is_ready(source));
}

TEST_F(EventLoopTest, RaisedSourcesWake) {
    const SourceId source = loop_->add_source();
    loop_->raise(source);
    loop_->raise(source);
    loop_->wait(std::nullopt);
    EXPECT_TRUE(loop_->is_ready(source));
    loop_->drained(source);
    EXPECT_FALSE(loop_->is_ready(source));
}

TEST_F(EventLoopTest, RemovedSourcesAreForgottenAndTheirNumbersReused) {
    Pipe first, second;
    const SourceId source = loop_->watch_readable(first.reading.get());
    loop_->remove(source);
    const SourceId again = loop_->watch_readable(second.reading.get());
    EXPECT_EQ(source, again);
    first.put();
    loop_->wait(in(5ms));
    EXPECT_FALSE(loop_->is_ready(again));
    second.put();
    loop_->wait(in(5s));
    EXPECT_TRUE(loop_->is_ready(again));
}

// Asio's ring has 16384 slots; requests in reused slots must not inherit anything.
TEST_F(EventLoopTest, WorksOnAfterTheRingWentRound) {
    Pipe steady;
    const SourceId source = loop_->watch_readable(steady.reading.get());
    for (int round = 0; round < 20'000; ++round) {
        Pipe passing;
        loop_->remove(loop_->watch_readable(passing.reading.get()));  // a poll and its cancel
        loop_->wait(os::read_clocks().instant);
        ASSERT_FALSE(loop_->is_ready(source)) << "in round " << round;
    }
    steady.put();
    loop_->wait(in(5s));
    EXPECT_TRUE(loop_->is_ready(source));
}

/// What a container's seccomp profile does: io_uring_setup(2) answers EPERM.
void forbid_io_uring() {
    std::array<sock_filter, 4> code = {
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const sock_fprog program{code.size(), code.data()};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

TEST(EventLoopDeathTest, ARefusedRingIsASentence) {
    const auto create_without_ring = [] {
        forbid_io_uring();
        const auto loop = EventLoop::create();
        std::fputs(loop ? "created" : loop.error().to_string().c_str(), stderr);
        std::_Exit(0);
    };
    EXPECT_EXIT(create_without_ring(), ::testing::ExitedWithCode(0),
                "cannot set up io_uring .*: Operation not permitted");
}

}  // namespace
}  // namespace fz::slowpath
