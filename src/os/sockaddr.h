// Socket addresses in the kernel's form and in ours.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "wire/ip_addr.h"

namespace fz::os {

/// Room for either family; `length` is what the kernel is told.
struct KernelAddr {
    sockaddr_storage storage{};
    socklen_t length = sizeof(sockaddr_storage);

    [[nodiscard]] sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
};

[[nodiscard]] KernelAddr to_kernel(const wire::SocketAddr& address) noexcept;
/// Nothing if the family is neither AF_INET nor AF_INET6.
[[nodiscard]] std::optional<wire::SocketAddr> from_kernel(const sockaddr_storage& storage) noexcept;

}  // namespace fz::os
