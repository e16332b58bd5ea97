#include "app/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "os/unique_fd.h"

namespace fz::app {
namespace {

constexpr std::size_t kLargestFile = 64 * 1024;  // bytes
constexpr mode_t kFolderMode = 0770;

Unexpected<Error> cannot(std::string_view verb, const std::filesystem::path& path) {
    const int number = errno;
    return Unexpected{Error("cannot " + std::string(verb) + " " + path.string(), number)};
}

Expected<void> make_folder(const std::filesystem::path& folder) {
    if (::mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST)
        return cannot("create", folder);
    return {};
}

/// Fills a temporary file that already has its mode.
Expected<void> fill(int fd, std::string_view text, const std::filesystem::path& path) {
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return cannot("write", path);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(fd) != 0) return cannot("write", path);
    return {};
}

}  // namespace

Expected<std::optional<std::string>> read_text_file(const std::filesystem::path& path) {
    const os::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd && errno == ENOENT) return std::optional<std::string>{};
    if (!fd) return cannot("read", path);
    std::string text;
    std::array<char, 4096> chunk;
    while (true) {
        const ssize_t count = ::read(fd.get(), chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return cannot("read", path);
        if (count == 0) return std::optional{std::move(text)};
        text.append(chunk.data(), static_cast<std::size_t>(count));
        if (text.size() > kLargestFile)
            return Unexpected{Error(path.string() + " is larger than 64 KiB")};
    }
}

Expected<void> write_text_file(const std::filesystem::path& path, std::string_view text,
                               mode_t mode) {
    FZ_TRY(make_folder(path.parent_path()));
    std::string temporary = path.string() + ".XXXXXX";
    const os::UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd) return cannot("write", path);
    auto filled = fill(fd.get(), text, path);
    if (filled && (::fchmod(fd.get(), mode) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0))
        filled = cannot("write", path);
    if (!filled) ::unlink(temporary.c_str());
    return filled;
}

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(kWhiteSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kWhiteSpace) - first + 1);
}

}  // namespace fz::app
