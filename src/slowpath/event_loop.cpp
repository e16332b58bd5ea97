#include "slowpath/event_loop.h"

#include <sys/timerfd.h>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <cerrno>

#include "base/assert.h"
#include "os/clock.h"
#include "slowpath/event_loop_impl.h"

namespace fz::slowpath {
namespace {

namespace asio = boost::asio;

/// Most completions that one wait takes in after it has something to return for. Their handlers are
/// small: the work waits for the owner of the source that they raise.
constexpr std::size_t kHandlersPerWait = 256;

void poll_some(asio::io_context& io) {
    for (std::size_t i = 0; i < kHandlersPerWait && io.poll_one() != 0; ++i) {
    }
}

timespec timespec_of(Duration time) noexcept {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    return {.tv_sec = seconds.count(), .tv_nsec = (time - seconds).count()};
}

}  // namespace

EventLoop::Impl::Impl(os::UniqueFd timer_descriptor) : timer_fd(std::move(timer_descriptor)) {
    auto watch = std::make_shared<Watch>();
    watch->descriptor.emplace(io, timer_fd.get());
    timer = add(watch);
    poll_once(std::move(watch));
}

SourceId EventLoop::Impl::add(std::shared_ptr<Watch> watch) {
    const auto slot = std::find(watches.begin(), watches.end(), nullptr);
    const auto index = static_cast<std::uint32_t>(slot - watches.begin());
    if (slot == watches.end())
        watches.push_back(std::move(watch));
    else
        *slot = std::move(watch);
    return {index};
}

void EventLoop::Impl::poll_once(std::shared_ptr<Watch> watch) {
    auto& descriptor = *watch->descriptor;
    descriptor.async_wait(asio::posix::descriptor_base::wait_read,
                          [this, watch = std::move(watch)](const boost::system::error_code&) {
                              // An error is readiness too: the owner's next read reports it.
                              if (!watch->removed) set_ready(*watch);
                          });
}

void EventLoop::Impl::set_ready(Watch& watch) noexcept {
    if (!std::exchange(watch.ready, true)) ++ready_count;
}

void EventLoop::Impl::set_timer(std::optional<Instant> deadline) {
    if (deadline == timer_set_to) return;
    timer_set_to = deadline;
    itimerspec setting{};  // all zero: disarmed
    if (deadline) setting.it_value = timespec_of(deadline->time_since_epoch());
    FZ_ASSERT(::timerfd_settime(timer_fd.get(), TFD_TIMER_ABSTIME, &setting, nullptr) == 0);
}

Expected<EventLoop> EventLoop::create() {
    os::UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    if (!timer) return Unexpected{Error("cannot create a timer descriptor", errno)};
    try {
        return EventLoop(std::make_unique<Impl>(std::move(timer)));
    } catch (const boost::system::system_error& refused) {
        return Unexpected{Error(
            "cannot set up io_uring (it needs Linux 5.10, kernel.io_uring_disabled=0, a seccomp "
            "profile that allows io_uring_setup, and for users other than root `ulimit -l 4096`)",
            refused.code().value())};
    }
}

EventLoop::EventLoop(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
EventLoop::EventLoop(EventLoop&&) noexcept = default;
EventLoop& EventLoop::operator=(EventLoop&&) noexcept = default;
EventLoop::~EventLoop() = default;

SourceId EventLoop::watch_readable(int fd) {
    auto watch = std::make_shared<Impl::Watch>();
    watch->descriptor.emplace(impl_->io, fd);
    const SourceId source = impl_->add(watch);
    impl_->poll_once(std::move(watch));
    return source;
}

SourceId EventLoop::add_source() { return impl_->add(std::make_shared<Impl::Watch>()); }

void EventLoop::remove(SourceId source) {
    const auto watch = std::exchange(impl_->watches[source.index], nullptr);
    if (std::exchange(watch->ready, false)) --impl_->ready_count;
    watch->removed = true;
    if (watch->descriptor) {
        boost::system::error_code ignored;
        watch->descriptor->cancel(ignored);
    }
}

void EventLoop::raise(SourceId source) noexcept { impl_->set_ready(*impl_->watches[source.index]); }

bool EventLoop::is_ready(SourceId source) const noexcept {
    return impl_->watches[source.index]->ready;
}

void EventLoop::drained(SourceId source) {
    const auto& watch = impl_->watches[source.index];
    if (!std::exchange(watch->ready, false)) return;
    --impl_->ready_count;
    if (watch->descriptor) impl_->poll_once(watch);
}

void EventLoop::wait(std::optional<Instant> deadline) {
    poll_some(impl_->io);
    if (impl_->ready_count == 0 && !(deadline && *deadline <= os::read_clocks().instant)) {
        impl_->set_timer(deadline);
        while (impl_->ready_count == 0) impl_->io.run_one();
        poll_some(impl_->io);  // whatever else arrived meanwhile
    }
    if (!is_ready(impl_->timer)) return;
    std::uint64_t expirations = 0;
    static_cast<void>(::read(impl_->timer_fd.get(), &expirations, sizeof expirations));
    impl_->timer_set_to.reset();
    drained(impl_->timer);
}

}  // namespace fz::slowpath
