// The TUN door: a multi-queue device whose queues move whole IP packets behind a virtio_net_hdr.
//
// Offloads are off: every packet is complete, checksummed and no longer than the MTU, and the
// virtio_net_hdr says so (all zero). The header is negotiated all the same, so that super-packets
// need new code in the queues only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/expected.h"
#include "os/unique_fd.h"
#include "packet/frame_pool.h"

namespace fz::tun {

inline constexpr char kDeviceName[] = "tun-firezone";

/// What one read_batch call met. The packets it got are in the batch.
struct ReadReport {
    std::size_t oversized = 0;  ///< dropped: longer than 1280 bytes
    std::size_t malformed = 0;  ///< dropped: no whole header, or one that asks for offloads
    int error = 0;              ///< errno of a failing read, which ended the call; 0 if none
    bool drained = false;       ///< the queue is empty: wait for readability before the next call
};

/// One queue of the device; used by one thread.
class TunQueue {
  public:
    /// Appends up to `bound` packets to `into`, as far as it and the pool have room.
    [[nodiscard]] ReadReport read_batch(packet::FramePool& pool, packet::Batch& into,
                                        std::size_t bound) noexcept;
    /// Hands one IP packet to the kernel. Returns 0 or errno (EIO: the device is down; EINVAL: not
    /// an IP packet).
    [[nodiscard]] int write(Bytes packet) noexcept;

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  private:
    friend class TunDevice;
    explicit TunQueue(os::UniqueFd fd) noexcept : fd_(std::move(fd)) {}

    os::UniqueFd fd_;
};

/// The device lives as long as one of its queues.
class TunDevice {
  public:
    /// Creates `name`, down and without addresses, with `queues` queues. Creates /dev/net/tun where
    /// it is missing. Errors: no permission, no TUN driver, a device of that name exists.
    [[nodiscard]] static Expected<TunDevice> create(const std::string& name, std::size_t queues);

    [[nodiscard]] TunQueue& queue(std::size_t index) noexcept { return queues_[index]; }
    [[nodiscard]] std::size_t queue_count() const noexcept { return queues_.size(); }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

  private:
    TunDevice(std::string name, std::vector<TunQueue> queues) noexcept
        : name_(std::move(name)), queues_(std::move(queues)) {}

    std::string name_;
    std::vector<TunQueue> queues_;
};

}  // namespace fz::tun
