#include "app/io_errors.h"

#include <cerrno>
#include <cstring>

#include "base/log_limit.h"

namespace fz::app {
namespace {

bool passes_power_of_ten(std::uint64_t before, std::uint64_t after) noexcept {
    std::uint64_t power = 1;
    while (power <= before) power *= 10;
    return power <= after;
}

}  // namespace

std::string_view name_of(Door door) noexcept {
    switch (door) {
        case Door::udp_receive:
            return "UDP receive";
        case Door::udp_send:
            return "UDP send";
        case Door::tun_read:
            return "TUN read";
        case Door::tun_write:
            return "TUN write";
    }
    return "unknown";
}

Severity severity_of(int error) noexcept {
    switch (error) {
        case ENETUNREACH:
        case EHOSTUNREACH:
        case EHOSTDOWN:
        case EADDRNOTAVAIL:
        case ECONNREFUSED:
        case EINVAL:
            return Severity::expected;
        case EPERM:
        case EACCES:
            return Severity::hint;
        default:
            return Severity::unusual;
    }
}

void IoErrors::add(const IoError& error, Instant now) {
    total_ += error.count;
    std::uint64_t& count = counts_[{error.door, error.error}];
    const std::uint64_t before = count;
    count += error.count;
    const char* text = std::strerror(error.error);
    switch (severity_of(error.error)) {
        case Severity::expected:
            FZ_LOG_LIMITED(expected_, now, debug, "I/O error", kv("door", name_of(error.door)),
                           kv("error", text));
            break;
        case Severity::hint:
            if (before == 0)
                FZ_LOG(warn, "the kernel forbids a packet; does a local firewall block it?",
                       kv("door", name_of(error.door)), kv("error", text));
            break;
        case Severity::unusual:
            if (passes_power_of_ten(before, count))
                FZ_LOG(warn, "I/O error", kv("door", name_of(error.door)), kv("error", text),
                       kv("so_far", count));
            break;
    }
}

std::uint64_t IoErrors::count(Door door, int error) const {
    const auto found = counts_.find({door, error});
    return found == counts_.end() ? 0 : found->second;
}

}  // namespace fz::app
