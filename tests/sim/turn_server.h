// A TURN server for many clients: allocations, channels, ChannelData both ways. IPv4 only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "portal/objects.h"
#include "sim/network.h"
#include "stun/message.h"
#include "wire/channel_data.h"

namespace fz::sim {

class TurnServer {
  public:
    explicit TurnServer(int number);

    bool silent = false;
    std::uint64_t relayed = 0;  ///< datagrams passed on, either way

    /// As the portal announces it.
    [[nodiscard]] portal::Relay description() const;
    [[nodiscard]] const wire::IpAddr& ip() const { return listen_.ip; }
    [[nodiscard]] std::size_t allocations() const { return allocations_.size(); }
    /// Of all allocations, also expired ones.
    [[nodiscard]] std::size_t channels() const;
    /// A restart with other credentials: nothing of before is known any more.
    void restart(std::string password);

    /// What the server sends because of `datagram`.
    std::optional<Datagram> handle(const Datagram& datagram, Instant now);

  private:
    struct Channel {
        wire::SocketAddr peer;
        Instant expires;
    };
    struct Allocation {
        std::uint16_t port;
        Instant expires;
        std::map<wire::ChannelNumber, Channel> channels;
    };

    [[nodiscard]] Allocation* allocation_of(const wire::SocketAddr& client, Instant now);
    std::optional<Datagram> from_client(const Datagram& datagram, const wire::ChannelData& data,
                                        Instant now);
    std::optional<Datagram> from_peer(const Datagram& datagram, Instant now);
    std::optional<Buffer> answer(const stun::Message& request, const wire::SocketAddr& client,
                                 Instant now);
    /// The error code of a request that cannot be served.
    std::optional<std::uint16_t> refusal(const stun::Message& request,
                                         const wire::SocketAddr& client, Instant now);

    int number_;
    wire::SocketAddr listen_;
    std::string username_;
    std::string password_;
    std::uint16_t next_port_ = 50000;
    std::map<wire::SocketAddr, Allocation> allocations_;  // by client socket
};

}  // namespace fz::sim
