// One queue of the TUN device: packets and super-packets in and out, used by one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/error_tally.h"
#include "os/unique_fd.h"
#include "tun/read_buffer.h"
#include "wire/coalescer.h"

namespace fz::tun {

/// What one `read` met. The packets it got are in the buffer.
struct ReadReport {
    std::size_t malformed = 0;  ///< dropped: no whole header, or nothing behind it
    ErrorTally errors;
    bool drained = false;  ///< the queue is empty: wait for readability before the next call
    bool gone = false;     ///< somebody removed the device: the queue will never be readable again
};

/// What became of the packets of one `write`, or of many.
struct WriteReport {
    std::uint64_t writes = 0;    ///< system calls that the kernel took
    std::uint64_t packets = 0;   ///< packets in them
    std::uint64_t replaced = 0;  ///< of these: acknowledgments that a later one stands for
    std::uint64_t refused = 0;   ///< merged writes that it did not take, repeated one by one
    std::uint64_t lost_packets = 0;
    std::uint64_t lost_bytes = 0;
    ErrorTally errors;  ///< of packets that were lost
};

class TunQueue {
  public:
    explicit TunQueue(os::UniqueFd fd);

    /// Reads until `bound` packets are in the buffer, it has no room, or the queue is empty.
    [[nodiscard]] ReadReport read(ReadBuffer& into, std::size_t bound) noexcept;
    /// Hands whole IP packets to the kernel, segments of one flow as one; up to
    /// Coalescer::kCapacity. Never blocks; one packet's error harms no other.
    /// Errors: EIO: the device is down; EINVAL: not an IP packet; EAGAIN, ENOBUFS: no room
    [[nodiscard]] WriteReport write(std::span<const Bytes> packets) noexcept;

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  private:
    /// Merged writes that the kernel refuses in a row, of one kind, before that kind is given up.
    static constexpr unsigned kPatience = 8;

    void write_group(const wire::Coalescer::Write& write, WriteReport& report) noexcept;
    void write_alone(Bytes packet, WriteReport& report) noexcept;

    /// Returns 0 or errno.
    [[nodiscard]] int write_pieces(const wire::Offload& offload,
                                   std::span<const Bytes> pieces) noexcept;

    os::UniqueFd fd_;
    std::unique_ptr<wire::Coalescer> coalescer_;   // large; stays where it is when the queue moves
    std::array<unsigned, 4> refusals_in_a_row_{};  // by wire::Offload::Kind
};

}  // namespace fz::tun
