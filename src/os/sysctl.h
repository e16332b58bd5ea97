// Kernel settings under /proc/sys: written only where they differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.h"

namespace fz::os {

inline constexpr std::uint64_t kReceiveBufferBytes = 134'217'728;  ///< 128 MiB
inline constexpr std::uint64_t kSendBufferBytes = 16'777'216;      ///< 16 MiB

/// The value of e.g. "net.ipv4.ip_forward" without the newline; nothing if there is no such key.
[[nodiscard]] std::optional<std::string> read_sysctl(std::string_view key);

/// Sets `key`, unless it has the value already: in a container /proc/sys is read-only and the
/// right value may have been set from outside.
[[nodiscard]] Expected<void> set_sysctl(std::string_view key, std::string_view value);

/// Raises net.core.rmem_max and wmem_max to what the UDP sockets ask for; never lowers them.
/// Failing is no obstacle: the kernel then grants smaller buffers.
[[nodiscard]] Expected<void> raise_socket_buffer_limits();

}  // namespace fz::os
