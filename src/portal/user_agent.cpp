#include "portal/user_agent.h"

#include <array>
#include <charconv>
#include <utility>

namespace fz::portal {
namespace {

/// " (arch; kernel)" with what is known of it.
std::string machine(const UserAgentParts& parts) {
    if (parts.arch.empty() && parts.kernel.empty()) return {};
    const bool both = !parts.arch.empty() && !parts.kernel.empty();
    return " (" + parts.arch + (both ? "; " : "") + parts.kernel + ")";
}

}  // namespace

std::string user_agent(const UserAgentParts& parts) {
    // Newer gateways call themselves "gateway/"; every portal still accepts this name.
    std::string text =
        parts.os_type + "/" + parts.os_version + " connlib/" + parts.version + machine(parts);
    std::erase_if(text, [](char c) { return c < ' ' || c > '~'; });
    return text;
}

std::string_view os_type_of(std::string_view os_release_id) noexcept {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kTypes{{
        {"ubuntu", "Ubuntu"},
        {"debian", "Debian"},
        {"fedora", "Fedora"},
        {"centos", "CentOS"},
        {"nixos", "NixOS"},
        {"alpine", "Alpine Linux"},
        {"arch", "Arch Linux"},
        {"amzn", "Amazon Linux AMI"},
        {"rhel", "Red Hat Enterprise Linux"},
        {"rocky", "Rocky Linux"},
        {"ol", "Oracle Linux"},
        {"kali", "Kali Linux"},
        {"linuxmint", "Linux Mint"},
        {"sles", "SUSE Linux Enterprise Server"},
        {"raspbian", "Raspberry Pi OS"},
        {"pop", "Pop!_OS"},
    }};
    for (const auto& [id, name] : kTypes)
        if (id == os_release_id) return name;
    return "Linux";
}

std::string normalized_os_version(std::string_view version_id) {
    if (version_id.empty()) return "Unknown";
    std::array<unsigned long long, 3> numbers{};
    std::size_t count = 0;
    const char* at = version_id.data();
    const char* const end = at + version_id.size();
    while (true) {
        if (count == numbers.size()) return std::string(version_id);
        const auto [next, error] = std::from_chars(at, end, numbers[count]);
        if (error != std::errc{}) return std::string(version_id);
        ++count;
        if (next == end) break;
        if (*next != '.') return std::string(version_id);
        at = next + 1;
    }
    return std::to_string(numbers[0]) + "." + std::to_string(numbers[1]) + "." +
           std::to_string(numbers[2]);
}

}  // namespace fz::portal
