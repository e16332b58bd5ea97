#include "portal_door.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "json_object.h"
#include "os/unique_fd.h"

namespace fz::load {
namespace {

Expected<os::UniqueFd> open_socket(const std::string& path) {
    os::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return Unexpected{Error(path + " is too long")};
    std::memcpy(address.sun_path, path.data(), path.size());
    if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        return Unexpected{Error("cannot reach the portal at " + path, errno)};
    return fd;
}

/// One line in, one line out.
Expected<std::string> ask(const std::string& path, const std::string& request) {
    FZ_ASSIGN(const os::UniqueFd fd, open_socket(path));
    const std::string line = request + '\n';
    if (::write(fd.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        return Unexpected{Error("cannot write to the portal", errno)};
    std::string answer;
    char piece[4096];
    while (answer.empty() || answer.back() != '\n') {
        const ssize_t got = ::read(fd.get(), piece, sizeof piece);
        if (got <= 0) return Unexpected{Error("the portal hung up", got < 0 ? errno : 0)};
        answer.append(piece, static_cast<std::size_t>(got));
    }
    return answer;
}

}  // namespace

Expected<void> PortalDoor::authorize(std::size_t first, std::size_t count) const {
    if (path_.empty()) return {};
    const auto request =
        JsonObject{}.text("do", "authorize_synthetic").count("first", first).count("count", count);
    FZ_ASSIGN(const std::string answer, ask(path_, request.str()));
    if (answer.find("\"ok\": true") == std::string::npos)
        return Unexpected{Error("the portal refuses to authorise peers: " + answer)};
    return {};
}

}  // namespace fz::load
