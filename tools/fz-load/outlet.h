// How sealed packets get to the gateway: through the peers' sockets, or frame by frame onto its
// cable.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "base/expected.h"
#include "fleet.h"
#include "options.h"
#include "udp_port.h"

namespace fz::load {

class Outlet {
  public:
    virtual ~Outlet() = default;

    /// These trains are to leave next, in this order; they stay where they are until `end`.
    virtual void begin(std::span<const Train> trains) = 0;
    /// The next trains may leave, at most UdpPort::kBatch of one socket. Returns how many packets
    /// our own kernel has refused.
    virtual std::uint64_t send(std::span<const Train> batch) noexcept = 0;
    /// Errors: whatever has gone wrong since `begin`.
    [[nodiscard]] virtual Expected<void> end() = 0;
};

/// As trains of UDP_SEGMENT, or datagram by datagram. `fleet` outlives it.
[[nodiscard]] std::unique_ptr<Outlet> open_socket_outlet(Fleet& fleet, bool segment);

/// As frames with the peers' addresses, without a kernel's UDP in between. At most `packets`
/// packets of `datagram_size` bytes between `begin` and `end`; more than `most_waiting` that may
/// leave and have not are refused. Errors: those of LiveFrames.
[[nodiscard]] Expected<std::unique_ptr<Outlet>> open_frame_outlet(
    Fleet& fleet, const Injection& where, const wire::SocketAddr& gateway, std::size_t packets,
    std::size_t datagram_size, std::uint64_t most_waiting);

}  // namespace fz::load
