// Fixed-size frames from one arena, and the handle that brings a frame home when it is dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/inplace_vector.h"

namespace fz::packet {

inline constexpr std::size_t kFrameSize = 2048;  ///< bytes; a UMEM chunk
/// Room before the bytes: Ethernet and VLAN 18, IPv6 40, UDP 8, ChannelData 4, WireGuard data 16.
inline constexpr std::size_t kHeadroom = 128;
static_assert(kHeadroom >= 18 + 40 + 8 + 4 + 16);
/// Room behind the bytes: WireGuard padding 15, AEAD tag 16.
inline constexpr std::size_t kTailroom = 32;
static_assert(kTailroom >= 15 + 16);
inline constexpr std::size_t kMaxPayload = kFrameSize - kHeadroom - kTailroom;

class FramePool;

/// A move-only handle on one frame: where its bytes begin and how many there are. Moving the edges
/// never copies; running out of room is a bug.
class Packet {
  public:
    Packet(Packet&& other) noexcept;
    Packet& operator=(Packet&& other) noexcept;
    ~Packet();

    [[nodiscard]] MutBytes bytes() noexcept { return {frame_ + begin_, size_}; }
    [[nodiscard]] Bytes bytes() const noexcept { return {frame_ + begin_, size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    void push_front(std::size_t count) noexcept;
    void pop_front(std::size_t count) noexcept;
    void push_back(std::size_t count) noexcept;
    void pop_back(std::size_t count) noexcept;
    /// Sets the length from the current beginning.
    void resize(std::size_t size) noexcept;

  private:
    friend class FramePool;
    Packet(FramePool& home, std::byte* frame) noexcept;

    FramePool* home_;
    std::byte* frame_;
    std::uint16_t begin_;
    std::uint16_t size_;
};

/// One thread's frames; the pool outlives its packets.
class FramePool {
  public:
    explicit FramePool(std::size_t frames);
    ~FramePool();
    FramePool(const FramePool&) = delete;
    FramePool& operator=(const FramePool&) = delete;

    /// An empty packet that begins after the headroom, or nothing if every frame is out.
    [[nodiscard]] std::optional<Packet> take() noexcept;
    [[nodiscard]] std::size_t available() const noexcept { return free_.size(); }

  private:
    friend class Packet;
    std::unique_ptr<std::byte[]> arena_;
    std::vector<std::byte*> free_;
    std::size_t frames_;
};

inline constexpr std::size_t kBatchSize = 64;
using Batch = InplaceVector<Packet, kBatchSize>;

}  // namespace fz::packet
