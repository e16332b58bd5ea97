#include "worker/doorbell.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

namespace fz::worker {

Expected<Doorbell> Doorbell::create() {
    os::UniqueFd fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!fd) return Unexpected{Error("cannot create an eventfd", errno)};
    return Doorbell(std::move(fd));
}

void Doorbell::ring(dataplane::Urgency urgency) noexcept {
    if (urgency == dataplane::Urgency::none) return;
    const bool dozing = dozing_.load(std::memory_order_seq_cst) && dozing_.exchange(false);
    if (!dozing && urgency != dataplane::Urgency::now) return;
    const std::uint64_t one = 1;
    // It fails only when the counter is full: then control is being woken already.
    [[maybe_unused]] const ssize_t written = ::write(fd_.get(), &one, sizeof one);
}

void Doorbell::answer() noexcept {
    std::uint64_t rings = 0;
    [[maybe_unused]] const ssize_t taken = ::read(fd_.get(), &rings, sizeof rings);
}

}  // namespace fz::worker
