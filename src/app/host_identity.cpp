#include "app/host_identity.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "app/text_file.h"
#include "app/version.h"
#include "base/uuid.h"

namespace fz::app {
namespace {

/// The value of an assignment as a shell would have it, for the quoting that os-release(5) allows.
std::string unquoted(std::string_view value) {
    const bool is_quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
                           value.back() == value.front();
    if (is_quoted) value = value.substr(1, value.size() - 2);
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && i + 1 < value.size()) ++i;
        out += value[i];
    }
    return out;
}

OsRelease read_os_release() {
    for (const char* path : {"/etc/os-release", "/usr/lib/os-release"})
        if (const auto text = read_text_file(path); text && *text) return parse_os_release(**text);
    return {};
}

/// A version 4 UUID, RFC 9562 section 5.4.
std::string random_uuid(crypto::Random& random) {
    Uuid uuid{random.bytes<16>()};
    uuid.bytes[6] = (uuid.bytes[6] & std::byte{0x0f}) | std::byte{0x40};
    uuid.bytes[8] = (uuid.bytes[8] & std::byte{0x3f}) | std::byte{0x80};
    return uuid.to_string();
}

}  // namespace

OsRelease parse_os_release(std::string_view text) {
    OsRelease release;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const std::string_view assignment = trimmed(line);
        if (assignment.starts_with("ID=")) release.id = unquoted(assignment.substr(3));
        if (assignment.starts_with("VERSION_ID="))
            release.version_id = unquoted(assignment.substr(11));
    }
    return release;
}

portal::UserAgentParts user_agent_parts() {
    const OsRelease release = read_os_release();
    utsname host{};
    const bool known = ::uname(&host) == 0;
    return {.os_type = std::string(portal::os_type_of(release.id)),
            .os_version = portal::normalized_os_version(release.version_id),
            .version = std::string(kCompatibleVersion),
            .arch = known ? host.machine : "",
            .kernel = known ? host.release : ""};
}

std::string display_name(const std::optional<std::string>& configured, crypto::Random& random) {
    if (configured) return *configured;
    std::string name = host_name();
    return name.empty() ? random_uuid(random) : name;
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace fz::app
