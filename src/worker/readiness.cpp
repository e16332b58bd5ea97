#include "worker/readiness.h"

#include <sys/epoll.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>

namespace fz::worker {
namespace {

constexpr std::size_t kEventsPerLook = 16;  ///< the others are found by the next one

/// Source: linux/eventpoll.h, which Debian 12's headers do not have yet.
struct EpollParameters {
    std::uint32_t busy_poll_usecs;
    std::uint16_t busy_poll_budget;  ///< packets; more than 64 only for root
    std::uint8_t prefer_busy_poll;
    std::uint8_t padding;
};
constexpr unsigned long kSetParameters = _IOW(0x8a, 1, EpollParameters);
constexpr std::uint16_t kBusyPollBudget = 64;

}  // namespace

Expected<Readiness> Readiness::create() {
    os::UniqueFd fd(::epoll_create1(EPOLL_CLOEXEC));
    if (!fd) return Unexpected{Error("cannot create an epoll", errno)};
    return Readiness(std::move(fd));
}

Expected<void> Readiness::watch(int fd, unsigned bit) {
    epoll_event event{.events = EPOLLIN, .data = {.u32 = bit}};
    if (::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event) != 0)
        return Unexpected{Error("cannot watch a descriptor", errno)};
    return {};
}

void Readiness::forget(int fd) noexcept {
    ::epoll_ctl(fd_.get(), EPOLL_CTL_DEL, fd, nullptr);  // fails only if it was not watched
}

Expected<void> Readiness::prefer_busy_polling(Duration limit) noexcept {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(limit).count();
    const EpollParameters wanted{.busy_poll_usecs = static_cast<std::uint32_t>(us),
                                 .busy_poll_budget = kBusyPollBudget,
                                 .prefer_busy_poll = 1,
                                 .padding = 0};
    if (::ioctl(fd_.get(), kSetParameters, &wanted) != 0)
        return Unexpected{
            Error("this kernel does not poll receive queues for an epoll: it takes "
                  "Linux 6.9",
                  errno)};
    return {};
}

Readiness::Set Readiness::collect(int timeout_ms) noexcept {
    std::array<epoll_event, kEventsPerLook> events;
    const int count =
        ::epoll_wait(fd_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
    Set set = 0;
    for (int i = 0; i < count; ++i) set |= Set{1} << events[static_cast<std::size_t>(i)].data.u32;
    return set;
}

}  // namespace fz::worker
