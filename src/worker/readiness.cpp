#include "worker/readiness.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>

namespace fz::worker {
namespace {

constexpr std::size_t kEventsPerLook = 16;  ///< the others are found by the next one

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

Readiness::Set Readiness::collect(int timeout_ms) noexcept {
    std::array<epoll_event, kEventsPerLook> events;
    const int count =
        ::epoll_wait(fd_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
    Set set = 0;
    for (int i = 0; i < count; ++i) set |= Set{1} << events[static_cast<std::size_t>(i)].data.u32;
    return set;
}

}  // namespace fz::worker
