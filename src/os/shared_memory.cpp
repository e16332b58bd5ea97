#include "os/shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace fz::os {
namespace {

constexpr int kSizeSeals = F_SEAL_SHRINK | F_SEAL_GROW;

Expected<Mapping> map(int fd, std::size_t size, int protection) {
    void* const at = ::mmap(nullptr, size, protection, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) return Unexpected{Error("cannot map shared memory", errno)};
    return Mapping(static_cast<std::byte*>(at), size);
}

}  // namespace

Mapping::~Mapping() {
    if (memory_ != nullptr) ::munmap(memory_, size_);
}

Expected<SharedMemory> SharedMemory::create(const std::string& name, std::size_t size) {
    const UniqueFd fd(::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(size)) != 0 ||
        ::fcntl(fd.get(), F_ADD_SEALS, kSizeSeals | F_SEAL_SEAL) != 0)
        return Unexpected{Error("cannot make shared memory", errno)};
    FZ_ASSIGN(Mapping mapping, map(fd.get(), size, PROT_READ | PROT_WRITE));
    const std::string self = "/proc/self/fd/" + std::to_string(fd.get());
    UniqueFd read_only(::open(self.c_str(), O_RDONLY | O_CLOEXEC));
    if (!read_only) return Unexpected{Error("cannot open shared memory for others", errno)};
    return SharedMemory(std::move(mapping), std::move(read_only));
}

Expected<Mapping> map_shared_memory(int fd) {
    const int seals = ::fcntl(fd, F_GET_SEALS);
    struct stat found {};
    if (seals < 0 || (seals & kSizeSeals) != kSizeSeals || ::fstat(fd, &found) != 0 ||
        found.st_size <= 0)
        return Unexpected{Error("what the gateway shares is no memory of a fixed size")};
    return map(fd, static_cast<std::size_t>(found.st_size), PROT_READ);
}

}  // namespace fz::os
