// Messages for the front of some trains, wired up for one sendmmsg.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>

#include "os/sockaddr.h"
#include "udp/ancillary.h"
#include "wire/train.h"

namespace fz::udp {

/// Borrows the bytes it was given.
class SendBurst {
  public:
    static constexpr std::size_t kMessages = 32;

    /// One message of `bytes`, which are of `train`; with UDP_SEGMENT if they are several
    /// datagrams.
    void add(const wire::OutgoingTrain& train, Bytes bytes) noexcept;
    [[nodiscard]] bool full() const noexcept { return size_ == kMessages; }

    /// Never blocks. The number of messages sent, or -1 and errno: that of the first message, none
    /// was sent.
    [[nodiscard]] int send(int fd) noexcept;

    [[nodiscard]] std::size_t bytes_of(std::size_t i) const noexcept {
        return payloads_[i].iov_len;
    }
    [[nodiscard]] bool segmented(std::size_t i) const noexcept { return segmented_[i]; }

  private:
    std::size_t size_ = 0;
    std::array<mmsghdr, kMessages> messages_;
    std::array<iovec, kMessages> payloads_;
    std::array<os::KernelAddr, kMessages> destinations_;
    std::array<Control, kMessages> controls_;
    std::array<bool, kMessages> segmented_;
};

}  // namespace fz::udp
