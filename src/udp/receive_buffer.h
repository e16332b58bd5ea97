// Where trains of datagrams lie until they are opened: room for one recvmmsg, wired up once.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <memory>

#include "base/bytes.h"
#include "udp/ancillary.h"
#include "wire/transmit.h"

namespace fz::udp {

inline constexpr std::size_t kMaxTrains = 32;  ///< of one receive

/// Made once per thread; only what the kernel fills is ever touched. Its bytes are valid until the
/// next receive.
class ReceiveBuffer {
  public:
    /// Bytes of one train: the longest one of our own datagrams.
    static constexpr std::size_t kTrain = wire::kMaxTrain * wire::kMaxDatagram;

    /// Longer trains than `room` are oversized.
    explicit ReceiveBuffer(std::size_t room = kTrain);
    ReceiveBuffer(const ReceiveBuffer&) = delete;
    ReceiveBuffer& operator=(const ReceiveBuffer&) = delete;

    /// Ready for up to kMaxTrains messages.
    [[nodiscard]] mmsghdr* messages() noexcept;
    [[nodiscard]] msghdr& message(std::size_t i) noexcept { return messages_[i].msg_hdr; }
    [[nodiscard]] MutBytes bytes(std::size_t i) noexcept {
        return {arena_.get() + i * room_, messages_[i].msg_len};
    }
    [[nodiscard]] const sockaddr_storage& source(std::size_t i) const noexcept {
        return sources_[i];
    }

  private:
    std::size_t room_;  ///< bytes per train
    std::unique_ptr<std::byte[]> arena_;
    std::array<mmsghdr, kMaxTrains> messages_{};
    std::array<iovec, kMaxTrains> payloads_;
    std::array<sockaddr_storage, kMaxTrains> sources_;
    std::array<Control, kMaxTrains> controls_;
};

}  // namespace fz::udp
