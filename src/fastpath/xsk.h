// One AF_XDP socket: the frames that the program steers to us on one receive queue.
//
// Receive only: datagrams leave through the UDP sockets, whose segmentation offload is faster than
// a copying TX ring. Only the worker calls `receive`; the rest is the control thread's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/expected.h"
#include "base/inplace_vector.h"
#include "fastpath/umem.h"
#include "wire/train.h"

struct xsk_socket;
struct xsk_ring_cons;

namespace fz::fastpath {

inline constexpr std::size_t kFramesPerReceive = 256;  ///< several full packets of TCP

using FrameBatch = InplaceVector<wire::IncomingTrain, kFramesPerReceive>;

struct FrameReport {
    std::uint64_t malformed = 0;  ///< dropped: not what the program steers
    // What the kernel dropped since the last report: only ever before a full batch, or when it had
    // no buffer left, so that nothing is missed by asking it then.
    std::uint64_t ring_full = 0;
    std::uint64_t ring_starved = 0;
    std::uint32_t buffers_left = 0;    ///< the kernel had so many it could still write to
    std::uint32_t buffers_wanted = 0;  ///< and has so many now
};

/// What the kernel could not hand over, since the socket was opened (XDP_STATISTICS).
struct XskStatistics {
    std::uint64_t rx_dropped = 0;       ///< no buffer for it, or none that is long enough
    std::uint64_t rx_ring_full = 0;     ///< the worker did not keep up
    std::uint64_t fill_ring_empty = 0;  ///< times the kernel found no buffer to write to
};

class Xsk {
  public:
    /// Binds to a queue of an interface, with zero-copy where the driver can do it.
    /// Errors: the queue does not exist or has a socket already, no permission (CAP_NET_RAW), no
    /// AF_XDP in this kernel.
    [[nodiscard]] static Expected<std::unique_ptr<Xsk>> open(const std::string& interface,
                                                             unsigned queue);
    ~Xsk();
    Xsk(const Xsk&) = delete;
    Xsk& operator=(const Xsk&) = delete;

    [[nodiscard]] int fd() const noexcept;
    /// As the kernel has it, not as we asked for it.
    [[nodiscard]] bool zero_copy() const noexcept { return zero_copy_; }
    [[nodiscard]] XskStatistics statistics() const noexcept;

    /// Takes up to kFramesPerReceive frames; `into` is empty. Their bytes are ours, to be changed
    /// in place, until the next call.
    [[nodiscard]] FrameReport receive(FrameBatch& into) noexcept;

  private:
    Xsk() noexcept;
    void report_losses(FrameReport& report) noexcept;

    bool zero_copy_ = false;
    std::unique_ptr<Umem> umem_;
    std::unique_ptr<xsk_ring_cons> rx_;
    xsk_socket* socket_ = nullptr;
    InplaceVector<std::uint64_t, kFramesPerReceive> lent_;  // addresses of the last batch
    XskStatistics reported_;
};

}  // namespace fz::fastpath
