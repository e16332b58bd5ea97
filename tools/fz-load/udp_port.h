// A UDP socket of the generator, connected to the gateway: trains out, the heads of trains in.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/expected.h"
#include "os/unique_fd.h"
#include "wire/ip_addr.h"

namespace fz::load {

/// Datagrams that lie one behind the other: all of `segment` bytes, the last may be shorter.
struct Train {
    const std::byte* data;
    std::uint32_t bytes;
    std::uint16_t segment;
    std::uint16_t count;
    std::uint32_t socket;  ///< of the fleet's
};

inline constexpr std::size_t kMaxTrainBytes = 65507;  ///< a UDP payload over IPv4
inline constexpr std::size_t kMaxTrainCount = 64;     ///< UDP_MAX_SEGMENTS of older kernels

/// A datagram, or a train of them that the kernel has put together; maybe only its beginning.
struct Received {
    Bytes head;           ///< borrowed until the next receive
    std::size_t bytes;    ///< of the whole
    std::size_t segment;  ///< of each datagram but the last; `bytes` if there is only one

    [[nodiscard]] std::size_t count() const noexcept { return (bytes + segment - 1) / segment; }
    [[nodiscard]] bool complete() const noexcept { return head.size() == bytes; }
};

/// Room for what a few sockets receive by turns.
class ReceiveRoom {
  public:
    static constexpr std::size_t kBatch = 32;
    static constexpr std::size_t kHead = 512;     ///< bytes: any handshake or connectivity check
    static constexpr std::size_t kWhole = 65536;  ///< bytes: any train

    /// `each` is how much is copied of a datagram or train: kHead, or kWhole.
    explicit ReceiveRoom(std::size_t each) : each_(each), room_(kBatch * each) {
        received_.reserve(kBatch);
    }

  private:
    friend class UdpPort;
    std::size_t each_;
    std::vector<std::byte> room_;
    std::vector<Received> received_;
};

class UdpPort {
  public:
    static constexpr std::size_t kBatch = 32;  ///< messages per system call

    /// Connected, so that it knows its own address and hears nobody but the gateway.
    [[nodiscard]] static Expected<UdpPort> open(const wire::SocketAddr& gateway);

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] const wire::SocketAddr& local() const noexcept { return local_; }

    /// Sends one datagram; what the kernel refuses is lost.
    void send(Bytes datagram) const noexcept;
    /// Sends trains of this socket in one call, at most kBatch. Returns how many were taken,
    /// waiting for room if need be; 0 after an error, which cost the first of them.
    [[nodiscard]] std::size_t send(std::span<const Train> trains) const noexcept;
    /// The same without UDP_SEGMENT, a message per datagram. Returns how many datagrams were
    /// refused.
    [[nodiscard]] std::size_t send_one_by_one(std::span<const Train> trains) const noexcept;
    /// What is there, up to a batch, without waiting.
    [[nodiscard]] std::span<const Received> receive(ReceiveRoom& room) const noexcept;

  private:
    UdpPort(os::UniqueFd fd, const wire::SocketAddr& local) : fd_(std::move(fd)), local_(local) {}

    os::UniqueFd fd_;
    wire::SocketAddr local_;
};

}  // namespace fz::load
