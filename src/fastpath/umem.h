// The memory that a ring's frames lie in, and which of them are whose.
//
//   spare --fill ring--> kernel --RX ring--> worker --> spare
//
// Every frame is in exactly one place. The fill ring is topped up from the spare frames before a
// batch is decrypted, so that the kernel never waits for us to finish.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/expected.h"

struct xsk_umem;
struct xsk_ring_prod;
struct xsk_ring_cons;

namespace fz::fastpath {

inline constexpr std::uint32_t kFrameSize = 2048;  ///< bytes; the kernel keeps 256 for itself
inline constexpr std::uint32_t kRingSize = 2048;   ///< frames; a power of two
inline constexpr std::uint32_t kFewPosted = 512;   ///< frames that the kernel has to begin with

class Umem {
  public:
    /// On huge pages if the host has any to spare.
    /// Errors: no memory, or not allowed to lock it (RLIMIT_MEMLOCK).
    [[nodiscard]] static Expected<std::unique_ptr<Umem>> create();
    ~Umem();
    Umem(const Umem&) = delete;
    Umem& operator=(const Umem&) = delete;

    /// Gives the kernel spare frames, so that it has a certain number of them: few, because those
    /// that come round quickly are still in the processor's cache; twice as many each time that it
    /// has used up all it had.
    struct Fill {
        bool wake = false;         ///< the kernel has to be woken for them
        bool was_empty = false;    ///< it had used up all: frames may have been lost
        std::uint32_t left = 0;    ///< it had not used up so many
        std::uint32_t wanted = 0;  ///< and has so many now, if there were enough spare ones
    };
    [[nodiscard]] Fill fill() noexcept;
    /// The worker is done with the frame at `address`, anywhere in it.
    void release(std::uint64_t address) noexcept {
        spare_.push_back(address & ~std::uint64_t{kFrameSize - 1});
    }
    /// `address` and `length` as the RX ring has them.
    [[nodiscard]] MutBytes bytes(std::uint64_t address, std::uint32_t length) noexcept {
        return {memory_ + address, length};
    }
    /// The first bytes at `address` will be read soon: network headers end in their second line.
    void prefetch(std::uint64_t address) const noexcept {
        __builtin_prefetch(memory_ + address);
        __builtin_prefetch(memory_ + address + 64);
    }
    [[nodiscard]] xsk_umem* handle() noexcept { return umem_; }

  private:
    Umem();

    std::byte* memory_ = nullptr;
    std::size_t size_ = 0;
    xsk_umem* umem_ = nullptr;
    std::unique_ptr<xsk_ring_prod> fill_;
    std::unique_ptr<xsk_ring_cons> completion_;  // unused: datagrams leave through UDP sockets
    std::vector<std::uint64_t> spare_;           // never grows beyond what it was made with
    std::uint32_t most_posted_ = kFewPosted;
    bool was_filled_ = false;
};

}  // namespace fz::fastpath
