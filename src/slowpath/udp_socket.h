// One UDP socket per family: batches in and out, each datagram with its local address and ECN mark.
//
// Errors travel with the report and never end a batch: the datagrams behind a bad one are still
// received or sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/expected.h"
#include "dataplane/batch.h"
#include "os/unique_fd.h"
#include "packet/frame_pool.h"
#include "wire/ecn.h"
#include "wire/ip_addr.h"
#include "wire/transmit.h"

namespace fz::slowpath {

inline constexpr std::uint16_t kDefaultPort = 52625;

struct UdpOptions {
    std::uint16_t preferred_port = kDefaultPort;  ///< taken: the kernel chooses another
    std::uint32_t mark = 0;                       ///< SO_MARK; 0 leaves the socket unmarked
    int send_buffer_bytes = 16'777'216;
    int receive_buffer_bytes = 134'217'728;
};

/// A datagram on its way out, borrowed for the call.
struct OutgoingView {
    /// Only the address counts, not the port. Nothing lets the kernel choose.
    std::optional<wire::SocketAddr> source;
    wire::SocketAddr destination;
    wire::Ecn ecn = wire::Ecn::not_ect;
    Bytes payload;
};
[[nodiscard]] OutgoingView view_of(const dataplane::Outgoing& datagram) noexcept;
[[nodiscard]] OutgoingView view_of(const wire::Transmit& transmit) noexcept;

struct ReceiveReport {
    std::size_t received = 0;     ///< datagrams appended to the batch
    std::size_t oversized = 0;    ///< dropped: longer than 1316 bytes
    std::size_t unaddressed = 0;  ///< dropped: the kernel told no local address
    std::vector<int> errors;      ///< errno of failing calls
    bool drained = false;  ///< the socket is empty: wait for readability before the next call
};

struct SendError {
    std::size_t index;  ///< in the span
    int error;          ///< errno
};
struct SendReport {
    /// Datagrams dealt with, from the front: sent, or listed in `errors`. Less than the span's size
    /// only if the socket's buffer is full (EAGAIN); the rest was not touched.
    std::size_t handled = 0;
    std::vector<SendError> errors;

    [[nodiscard]] std::size_t sent() const noexcept { return handled - errors.size(); }
};

class UdpSocket {
  public:
    /// Binds the wildcard address of `family`. Errors: the family is unavailable, no permission to
    /// set the mark.
    [[nodiscard]] static Expected<UdpSocket> bind(wire::Family family, const UdpOptions& options);

    [[nodiscard]] wire::Family family() const noexcept { return family_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    /// Appends datagrams of 0 to 1316 bytes until the batch is full, the pool or the socket empty.
    [[nodiscard]] ReceiveReport receive(packet::FramePool& pool, dataplane::DatagramBatch& into);
    /// Sends each datagram to its destination, which has the socket's family (EAFNOSUPPORT
    /// otherwise). Never blocks.
    [[nodiscard]] SendReport send(std::span<const OutgoingView> datagrams);

  private:
    UdpSocket(os::UniqueFd fd, wire::Family family, std::uint16_t port) noexcept
        : fd_(std::move(fd)), family_(family), port_(port) {}

    os::UniqueFd fd_;
    wire::Family family_;
    std::uint16_t port_;
};

}  // namespace fz::slowpath
