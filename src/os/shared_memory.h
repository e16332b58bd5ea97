// Memory that other processes may read, and only its maker may write: memfd_create(2).
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/expected.h"
#include "os/unique_fd.h"

namespace fz::os {

/// A mapping; unmapped with the object.
class Mapping {
  public:
    Mapping() = default;
    Mapping(std::byte* memory, std::size_t size) noexcept : memory_(memory), size_(size) {}
    Mapping(Mapping&& other) noexcept
        : memory_(std::exchange(other.memory_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Mapping& operator=(Mapping&& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~Mapping();

    [[nodiscard]] std::byte* data() const noexcept { return memory_; }
    [[nodiscard]] Bytes bytes() const noexcept { return {memory_, size_}; }

  private:
    std::byte* memory_ = nullptr;
    std::size_t size_ = 0;
};

/// Zeros in the beginning; its size never changes, so that nobody's mapping of it can fail later.
class SharedMemory {
  public:
    /// `name` shows in /proc/PID/maps. Errors: no memory, no descriptors.
    [[nodiscard]] static Expected<SharedMemory> create(const std::string& name, std::size_t size);

    [[nodiscard]] std::byte* writable() const noexcept { return mapping_.data(); }
    [[nodiscard]] Bytes bytes() const noexcept { return mapping_.bytes(); }
    /// To be given away.
    [[nodiscard]] int read_only_fd() const noexcept { return read_only_.get(); }

  private:
    SharedMemory(Mapping mapping, UniqueFd read_only) noexcept
        : mapping_(std::move(mapping)), read_only_(std::move(read_only)) {}

    Mapping mapping_;
    UniqueFd read_only_;
};

/// Maps what somebody else's `read_only_fd` refers to.
/// Errors: it is no memory, or memory that could be cut off under the reader.
[[nodiscard]] Expected<Mapping> map_shared_memory(int fd);

}  // namespace fz::os
