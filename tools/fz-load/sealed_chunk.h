// Packets encrypted ahead of time: what flows while the clock runs was made while it did not.
//
// Texts are not padded to 16 bytes (WireGuard 5.4.6), just as upstream's clients leave them.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "crypto/aead_engine.h"
#include "fleet.h"
#include "flow_template.h"
#include "udp_port.h"

namespace fz::load {

/// Who sends how much in a row.
struct Turns {
    std::size_t per_peer;  ///< packets of one peer: a train
    std::size_t burst;     ///< packets of one flow, within a peer
};

class SealedChunk {
  public:
    /// Room for `bytes` bytes of datagrams. All peers of `fleet` take part.
    SealedChunk(Fleet& fleet, Traffic traffic, const wire::SocketAddr& destination,
                const Turns& turns, std::size_t bytes);

    /// Bytes of each datagram.
    [[nodiscard]] static std::size_t datagram_size(Traffic traffic) noexcept;

    /// Seals the next packets of every flow with fresh counters, in place of what was there.
    /// Shape: as many whole trains as fit.
    void refill();
    [[nodiscard]] std::span<const Train> trains() const noexcept { return trains_; }
    [[nodiscard]] std::size_t flows() const noexcept { return flows_.size(); }

  private:
    struct Flow {
        FlowTemplate packets;
        std::uint64_t next = 0;
    };
    /// One peer's turn, sealed at `at`.
    void seal_train(std::size_t peer, std::byte* at);

    Fleet& fleet_;
    Traffic traffic_;
    Turns turns_;
    std::size_t datagram_;  ///< bytes
    std::size_t room_size_;
    std::unique_ptr<std::byte[]> room_;
    std::vector<Flow> flows_;            ///< of peer 0, of peer 1, ...
    std::vector<std::size_t> position_;  ///< of each peer: packets made
    std::size_t next_peer_ = 0;
    crypto::AeadEngine aead_{crypto::AeadProvider::openssl};
    std::vector<crypto::SealJob> jobs_;
    std::vector<Train> trains_;
};

}  // namespace fz::load
