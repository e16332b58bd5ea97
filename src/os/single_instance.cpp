#include "os/single_instance.h"

#include <cerrno>
#include <string>

#include "os/abstract_socket.h"

namespace fz::os {

Expected<SingleInstance> SingleInstance::acquire(std::string_view name) {
    const AbstractAddress lock = AbstractAddress::of(name);
    UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!fd) return Unexpected{Error("cannot create the instance lock", errno)};
    if (::bind(fd.get(), lock.get(), lock.length) == 0) return SingleInstance(std::move(fd));
    if (errno == EADDRINUSE)
        return Unexpected{Error("another " + std::string(name) +
                                " is already running on this host: stop it first")};
    return Unexpected{Error("cannot take the instance lock", errno)};
}

}  // namespace fz::os
