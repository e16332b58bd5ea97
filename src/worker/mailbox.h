// What one worker tells the control thread: bounded rings that lose and count, but never wait.
#pragma once

#include <cstdint>

#include "base/spsc_ring.h"
#include "dataplane/output.h"
#include "wire/ip_addr.h"
#include "wire/transmit.h"

namespace fz::worker {

/// A copy of a dataplane::ControlDatagram.
struct DatagramMail {
    wire::DatagramBytes bytes;
    wire::SocketAddr source;
    wire::SocketAddr local;
};

/// A copy of a dataplane::ControlPacket.
struct PacketMail {
    wire::DatagramBytes bytes;
    std::uint32_t slot = 0;
};

enum class Door : std::uint8_t { udp_receive, udp_send, tun_read, tun_write };

struct IoError {
    Door door = Door::udp_receive;
    int error = 0;  ///< errno
    std::uint64_t count = 1;
};

class Mailbox {
  public:
    // The worker.
    /// What found its ring full, of packets that were counted as delivered to control.
    struct Loss {
        std::uint64_t packets = 0;
        std::uint64_t bytes = 0;
    };
    /// Copies what `output` holds for control and takes it out. Slots of active peers stay in it
    /// while their ring is full.
    [[nodiscard]] Loss post(dataplane::Output& output) noexcept;
    /// Lost if the ring is full: what errors did to packets is counted elsewhere.
    void post(const IoError& error) noexcept;

    // The control thread takes from these.
    SpscRing<DatagramMail> datagrams{512};
    SpscRing<PacketMail> packets{64};
    SpscRing<std::uint32_t> active{16'384};  ///< slots; one per peer at most, whoever is fast
    SpscRing<IoError> errors{256};
};

}  // namespace fz::worker
