// The UDP door: trains of datagrams in and out, each with its local address and ECN mark.
//
// One socket per family and worker. Errors travel with the report and never end a batch: what is
// behind a bad train is still received or sent. Neither direction allocates or blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error_tally.h"
#include "base/expected.h"
#include "base/inplace_vector.h"
#include "os/unique_fd.h"
#include "udp/receive_buffer.h"
#include "udp/segmentation.h"
#include "wire/train.h"

namespace fz::udp {

class SendBurst;

inline constexpr std::uint16_t kDefaultPort = 52625;

struct Options {
    std::uint16_t preferred_port = kDefaultPort;  ///< taken: the kernel chooses another
    std::uint32_t mark = 0;                       ///< SO_MARK; 0 leaves the socket unmarked
    int send_buffer_bytes = 16'777'216;
    int receive_buffer_bytes = 134'217'728;
};

using TrainBatch = InplaceVector<wire::IncomingTrain, kMaxTrains>;

struct ReceiveReport {
    std::uint64_t oversized = 0;    ///< dropped: longer than the buffer
    std::uint64_t unaddressed = 0;  ///< dropped: the kernel did not tell all that we ask for
    ErrorTally errors;              ///< of failing calls
    bool drained = false;  ///< the socket is empty: wait for readability before the next call
};

struct SendReport {
    std::uint64_t lost_datagrams = 0;
    std::uint64_t lost_bytes = 0;
    ErrorTally errors;  ///< by datagram
};

class UdpSocket {
  public:
    /// Binds the wildcard address of `family`. Errors: the family is unavailable, no permission to
    /// set the mark.
    [[nodiscard]] static Expected<UdpSocket> bind(wire::Family family, const Options& options);
    /// `count` sockets that share one port; the kernel gives each of them its part of the flows
    /// (SO_REUSEPORT). A port that anybody holds, shared or not, counts as taken. Afterwards only a
    /// process of the same user can join, if it asks to share. One socket shares with nobody.
    [[nodiscard]] static Expected<std::vector<UdpSocket>> bind_group(wire::Family family,
                                                                     const Options& options,
                                                                     std::size_t count);
    /// Another handle on the same socket, for a thread that only sends.
    [[nodiscard]] Expected<UdpSocket> duplicate() const;

    [[nodiscard]] wire::Family family() const noexcept { return family_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// Whether the kernel segments trains for us; false once it has refused (Segmentation).
    [[nodiscard]] bool segments() const noexcept { return segmentation_.on(); }

    /// Receives into `buffer`, whose former content is gone, and appends to `into`, which is empty:
    /// up to four long trains or kMaxTrains single datagrams, as the last call met them.
    [[nodiscard]] ReceiveReport receive(ReceiveBuffer& buffer, TrainBatch& into) noexcept;
    /// Sends from the front of `trains` and cuts off what was sent or lost, datagram by datagram if
    /// it must: nothing leaves twice, and each train in order. Addresses have the socket's family.
    /// Something is left only if the socket's buffer is full (EAGAIN): call again with it.
    [[nodiscard]] SendReport send(std::span<wire::OutgoingTrain>& trains) noexcept;

  private:
    UdpSocket(os::UniqueFd fd, wire::Family family, std::uint16_t port,
              const Segmentation& segmentation) noexcept
        : fd_(std::move(fd)), family_(family), port_(port), segmentation_(segmentation) {}

    [[nodiscard]] static Expected<UdpSocket> open(wire::Family family, const Options& options);
    [[nodiscard]] bool bind_to(std::uint16_t port);
    /// Lets others that also share bind the same port.
    [[nodiscard]] Expected<void> share() const;

    /// The most of a train that one message carries, in bytes.
    [[nodiscard]] std::size_t limit_of(const wire::OutgoingTrain& train) const noexcept;
    void fill(SendBurst& burst, std::span<const wire::OutgoingTrain> trains) const noexcept;
    /// Sends the front of a train that a message with UDP_SEGMENT was refused for. Returns the
    /// bytes dealt with; fewer if the buffer is full.
    std::size_t send_one_by_one(const wire::OutgoingTrain& train, std::size_t bytes, int refusal,
                                SendReport& report) noexcept;
    void learn_refusal(const wire::IpAddr& destination, int refusal) noexcept;

    os::UniqueFd fd_;
    wire::Family family_;
    std::uint16_t port_;
    Segmentation segmentation_;
    std::size_t burst_ = kMaxTrains;  ///< messages to ask for in the next receive
};

}  // namespace fz::udp
