#include "os/sysctl.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "os/unique_fd.h"

namespace fz::os {
namespace {

std::string path_of(std::string_view key) {
    std::string path = "/proc/sys/" + std::string(key);
    std::replace(path.begin() + 10, path.end(), '.', '/');
    return path;
}

Expected<void> raise_to(std::string_view key, std::uint64_t floor) {
    if (const auto text = read_sysctl(key)) {
        std::uint64_t present = 0;
        std::from_chars(text->data(), text->data() + text->size(), present);
        if (present >= floor) return {};
    }
    return set_sysctl(key, std::to_string(floor));
}

}  // namespace

std::optional<std::string> read_sysctl(std::string_view key) {
    const UniqueFd fd(::open(path_of(key).c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return std::nullopt;
    std::array<char, 256> text;
    const ssize_t size = ::read(fd.get(), text.data(), text.size());
    if (size < 0) return std::nullopt;
    std::string_view value(text.data(), static_cast<std::size_t>(size));
    if (!value.empty() && value.back() == '\n') value.remove_suffix(1);
    return std::string(value);
}

Expected<void> set_sysctl(std::string_view key, std::string_view value) {
    if (read_sysctl(key) == value) return {};
    const UniqueFd fd(::open(path_of(key).c_str(), O_WRONLY | O_CLOEXEC));
    if (fd && ::write(fd.get(), value.data(), value.size()) == static_cast<ssize_t>(value.size()))
        return {};
    const int reason = errno;
    return Unexpected{Error("cannot set " + std::string(key) + " to " + std::string(value) +
                                " (set it on the host, or give it to the container)",
                            reason)};
}

Expected<void> raise_socket_buffer_limits() {
    auto receive = raise_to("net.core.rmem_max", kReceiveBufferBytes);
    auto send = raise_to("net.core.wmem_max", kSendBufferBytes);
    return receive ? send : receive;
}

}  // namespace fz::os
