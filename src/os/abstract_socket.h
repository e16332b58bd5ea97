// Names of abstract unix sockets (unix(7)): each belongs to a network namespace, has no file, and
// vanishes with its last descriptor, whatever ended the process.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <string_view>

#include "base/assert.h"

namespace fz::os {

struct AbstractAddress {
    sockaddr_un address{};
    socklen_t length = 0;

    /// `name` is at most 100 bytes.
    [[nodiscard]] static AbstractAddress of(std::string_view name) noexcept {
        FZ_ASSERT(name.size() <= 100);
        AbstractAddress made;
        made.address.sun_family = AF_UNIX;
        std::memcpy(made.address.sun_path + 1, name.data(), name.size());  // behind a zero byte
        made.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
        return made;
    }
    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&address);
    }
};

}  // namespace fz::os
