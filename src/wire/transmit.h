// A small datagram on its way out, with its bytes inside: STUN, TURN, handshakes, control packets.
//
// Bulk data travels in trains instead (wire/train.h), whose bytes are borrowed.
#pragma once

#include <cstddef>
#include <optional>

#include "base/assert.h"
#include "base/inplace_vector.h"
#include "wire/ecn.h"
#include "wire/ip_addr.h"

namespace fz::wire {

inline constexpr std::size_t kMaxIpPacket = 1280;     ///< bytes; the TUN's MTU
inline constexpr std::size_t kDataOverhead = 32;      ///< WireGuard data: 4+4+8+16
inline constexpr std::size_t kChannelDataHeader = 4;  ///< RFC 8656 12.4
inline constexpr std::size_t kMaxDatagram = kMaxIpPacket + kDataOverhead + kChannelDataHeader;
static_assert(kMaxDatagram == 1316);

/// Up to kMaxDatagram bytes by value.
class DatagramBytes {
  public:
    DatagramBytes() = default;
    explicit DatagramBytes(Bytes bytes) noexcept { assign(bytes); }
    void assign(Bytes bytes) noexcept {
        resize(bytes.size());
        std::memcpy(storage_.data(), bytes.data(), bytes.size());
    }
    /// All of the room, to be filled by a Writer and then cut with `resize`.
    [[nodiscard]] MutBytes room() noexcept { return storage_; }
    void resize(std::size_t size) noexcept { FZ_ASSERT(size <= kMaxDatagram), size_ = size; }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] Bytes view() const noexcept { return Bytes(storage_).first(size_); }
    [[nodiscard]] MutBytes view() noexcept { return MutBytes(storage_).first(size_); }

  private:
    std::array<std::byte, kMaxDatagram> storage_;
    std::size_t size_ = 0;
};

struct Transmit {
    /// The address to send from, where it matters (direct peer traffic: the address the path was
    /// checked with). Nothing lets the kernel choose (traffic to relays). The port is not used.
    std::optional<SocketAddr> src;
    SocketAddr dst;
    DatagramBytes payload;
    Ecn ecn = Ecn::not_ect;
};

}  // namespace fz::wire
