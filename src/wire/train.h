// Datagrams between the same two sockets that travel together: what UDP_GRO delivers in one buffer
// and UDP_SEGMENT takes as one.
//
// Trains borrow: their bytes belong to the door that received them or to the arena that they were
// sealed into, and are valid until that is used again.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "wire/ecn.h"
#include "wire/ip_addr.h"

namespace fz::wire {

inline constexpr std::size_t kMaxTrain =
    64;  ///< datagrams; every kernel with UDP_SEGMENT takes so many

/// How many datagrams `bytes` hold if each has `segment` bytes but the last one, which may be
/// shorter. No bytes are one empty datagram.
[[nodiscard]] constexpr std::size_t datagrams_in(std::size_t bytes, std::size_t segment) noexcept {
    return bytes == 0 || segment == 0 ? 1 : (bytes + segment - 1) / segment;
}

/// Datagrams as the network delivered them.
struct IncomingTrain {
    MutBytes bytes;           ///< one datagram behind the other, without gaps
    std::size_t segment = 0;  ///< length of each but the last, which may be shorter
    SocketAddr source;
    SocketAddr local;  ///< the address and port they were sent to
    Ecn ecn = Ecn::not_ect;

    [[nodiscard]] std::size_t count() const noexcept { return datagrams_in(bytes.size(), segment); }
};

/// Datagrams that are ready to be sent.
struct OutgoingTrain {
    Bytes bytes;
    std::size_t segment = 0;
    /// Only the address counts, not the port. Nothing: the kernel chooses (relays).
    std::optional<SocketAddr> source;
    SocketAddr destination;
    Ecn ecn = Ecn::not_ect;

    [[nodiscard]] std::size_t count() const noexcept { return datagrams_in(bytes.size(), segment); }
};

}  // namespace fz::wire
