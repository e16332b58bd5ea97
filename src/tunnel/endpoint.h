// One end of Firezone tunnels: a packet path for workers, and messages and deadlines for the
// control thread.
//
// The gateway implements it, and so does the lab's client, so that both run in the same shell.
//
// Workers call packet_path() and nothing else. The control loop's contract, once per tick and with
// one `now`:
//   1. hand over what arrived: handle_datagram, handle_packet, handle_activity (what workers set
//      aside), handle_portal, handle_timeout when poll_timeout says so;
//   2. drain: poll_transmit, poll_portal, poll_host until each returns nothing;
//   3. if the graveyard holds anything, clear it once every worker has passed a quiet point.
// Nothing blocks, nothing reads a clock, and one packet's error never ends a batch.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "dataplane/graveyard.h"
#include "dataplane/packet_path.h"
#include "portal/messages.h"
#include "wire/cidr.h"
#include "wire/transmit.h"

namespace fz::tunnel {

/// The TUN device shall have exactly these addresses and routes from now on.
struct ConfigureInterface {
    wire::PerFamily<wire::IpAddr> addresses;
    std::vector<wire::Cidr> routes;
};
/// The portal holds something we lack (relays): dial it again to get a new `init`.
struct RedialPortal {};
using HostRequest = std::variant<ConfigureInterface, RedialPortal>;

class Endpoint {
  public:
    virtual ~Endpoint() = default;

    /// For any number of workers, until the endpoint is destroyed.
    [[nodiscard]] virtual dataplane::PacketPath& packet_path() = 0;

    // The control thread.
    /// A handshake, STUN or TURN.
    virtual void handle_datagram(const dataplane::ControlDatagram& datagram, Now now) = 0;
    virtual void handle_packet(const dataplane::ControlPacket& packet, Now now) = 0;
    /// The peer in this slot did something since the last call.
    virtual void handle_activity(std::uint32_t slot, Now now) = 0;
    virtual void handle_portal(portal::IngressMessage message, Now now) = 0;
    virtual void handle_timeout(Now now) = 0;
    /// Says goodbye to every connected peer and gives relays their allocations back.
    virtual void shut_down(Now now) = 0;

    [[nodiscard]] virtual std::optional<Instant> poll_timeout() const = 0;
    [[nodiscard]] virtual std::optional<wire::Transmit> poll_transmit() = 0;
    [[nodiscard]] virtual std::optional<portal::EgressMessage> poll_portal() = 0;
    [[nodiscard]] virtual std::optional<HostRequest> poll_host() = 0;

    /// The exact sockets whose ChannelData the packet path takes.
    [[nodiscard]] virtual std::vector<wire::SocketAddr> relay_sockets() const = 0;

    /// What was replaced and workers may still be reading.
    [[nodiscard]] virtual dataplane::Graveyard& graveyard() = 0;
};

}  // namespace fz::tunnel
