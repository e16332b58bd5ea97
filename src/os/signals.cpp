#include "os/signals.h"

#include <signal.h>
#include <sys/signalfd.h>

#include <cerrno>

namespace fz::os {

Expected<TerminationSignals> TerminationSignals::create() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    if (const int error = ::pthread_sigmask(SIG_BLOCK, &signals, nullptr); error != 0)
        return Unexpected{Error("cannot block the termination signals", error)};
    UniqueFd fd(::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!fd) return Unexpected{Error("cannot receive the termination signals", errno)};
    return TerminationSignals(std::move(fd));
}

std::optional<int> TerminationSignals::poll() noexcept {
    signalfd_siginfo info{};
    if (::read(fd_.get(), &info, sizeof info) != sizeof info) return std::nullopt;
    return static_cast<int>(info.ssi_signo);
}

}  // namespace fz::os
