#include "os/single_instance.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

namespace fz::os {

Expected<SingleInstance> SingleInstance::acquire(std::string_view name) {
    sockaddr_un address{};
    FZ_ASSERT(name.size() <= 100);
    address.sun_family = AF_UNIX;
    // A leading zero byte makes the name abstract: no file, no stale lock after a crash.
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());

    UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd) return Unexpected{Error("cannot create the instance lock", errno)};
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0)
        return SingleInstance(std::move(fd));
    if (errno == EADDRINUSE)
        return Unexpected{Error("another " + std::string(name) +
                                " is already running on this host: stop it first")};
    return Unexpected{Error("cannot take the instance lock", errno)};
}

}  // namespace fz::os
