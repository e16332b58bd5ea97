#include "os/sockaddr.h"

#include <cstring>

namespace fz::os {

KernelAddr to_kernel(const wire::SocketAddr& address) noexcept {
    KernelAddr result;
    const Bytes ip = address.ip.bytes();
    if (address.ip.is_v4()) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(address.port);
        std::memcpy(&v4.sin_addr, ip.data(), ip.size());
        std::memcpy(&result.storage, &v4, sizeof v4);
        result.length = sizeof v4;
    } else {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(address.port);
        std::memcpy(&v6.sin6_addr, ip.data(), ip.size());
        std::memcpy(&result.storage, &v6, sizeof v6);
        result.length = sizeof v6;
    }
    return result;
}

std::optional<wire::SocketAddr> from_kernel(const sockaddr_storage& storage) noexcept {
    if (storage.ss_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, &storage, sizeof v4);
        return wire::SocketAddr{wire::IpAddr::from_bytes(std::as_bytes(std::span(&v4.sin_addr, 1))),
                                ntohs(v4.sin_port)};
    }
    if (storage.ss_family == AF_INET6) {
        sockaddr_in6 v6;
        std::memcpy(&v6, &storage, sizeof v6);
        return wire::SocketAddr{
            wire::IpAddr::from_bytes(std::as_bytes(std::span(&v6.sin6_addr, 1))),
            ntohs(v6.sin6_port)};
    }
    return std::nullopt;
}

}  // namespace fz::os
