// The beginnings of IPv4 packets to one address, as the kernel received them: a ring shared with
// it.
//
// AF_PACKET with PACKET_VNET_HDR: a packet that the sender has merged arrives whole and says how it
// would be segmented. The kernel copies the first bytes only, and only of what the filter lets
// pass. Source: packet(7); Documentation/networking/packet_mmap.rst (TPACKET_V2)
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/expected.h"
#include "os/unique_fd.h"
#include "wire/ip_addr.h"

namespace fz::load {

struct Captured {
    Bytes packet;               ///< from the IP header; as much as was asked for
    std::uint16_t segment = 0;  ///< payload bytes of each segment; 0 if it is one packet
};

class CaptureRing {
  public:
    enum class Detail : bool { headers, whole };

    /// Captures in the calling thread's namespace.
    [[nodiscard]] static Expected<CaptureRing> open(const std::string& device,
                                                    const wire::IpAddr& destination, Detail detail);
    CaptureRing(CaptureRing&& other) noexcept;
    CaptureRing& operator=(CaptureRing&&) = delete;
    ~CaptureRing();

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// The next packet, if there is one. Its bytes are lent until `release`.
    [[nodiscard]] std::optional<Captured> next() noexcept;
    void release() noexcept;
    /// Packets that found the ring full since the last call.
    [[nodiscard]] std::uint64_t take_drops() noexcept;

  private:
    struct Shape {
        std::size_t frame;
        std::size_t frames;
    };
    [[nodiscard]] static Shape shape_of(Detail detail) noexcept;
    CaptureRing(os::UniqueFd fd, std::byte* memory, Shape shape) noexcept
        : fd_(std::move(fd)), memory_(memory), shape_(shape) {}

    os::UniqueFd fd_;
    std::byte* memory_;
    Shape shape_;
    std::size_t next_ = 0;
};

}  // namespace fz::load
