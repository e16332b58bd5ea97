// What the control loop drives: one end of Firezone tunnels, as batches, messages and deadlines.
//
// The gateway implements it, and so does the lab's client, so that both run in the same shell.
//
// The loop's contract, once per tick and with one `now`:
//   1. hand over what arrived: ingress / egress (packets), handle_control (what those two set
//   aside),
//      handle_portal, handle_timeout when poll_timeout says so;
//   2. drain: poll_transmit, poll_portal, poll_host until each returns nothing;
//   3. call quiet_point: the loop holds no pointer into the tunnel any more.
// Nothing blocks, nothing reads a clock, and one packet's error never ends a batch.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "dataplane/batch.h"
#include "dataplane/counters.h"
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

    /// Datagrams from the network; `datagrams` is empty afterwards.
    virtual void ingress(dataplane::DatagramBatch& datagrams, Now now,
                         dataplane::Output& output) = 0;
    /// Packets from the TUN device; `packets` is empty afterwards.
    virtual void egress(packet::Batch& packets, Now now, dataplane::Output& output) = 0;
    /// Handshakes, STUN, control packets and activity that ingress or egress left in `output`;
    /// those queues are empty afterwards.
    virtual void handle_control(dataplane::Output& output, Now now) = 0;
    virtual void handle_portal(portal::IngressMessage message, Now now) = 0;
    virtual void handle_timeout(Now now) = 0;
    /// Says goodbye to every connected peer and gives relays their allocations back.
    virtual void shut_down(Now now) = 0;
    /// The only reader holds no pointer into the directory: what was replaced may be freed.
    virtual void quiet_point() = 0;

    [[nodiscard]] virtual std::optional<Instant> poll_timeout() const = 0;
    [[nodiscard]] virtual std::optional<wire::Transmit> poll_transmit() = 0;
    [[nodiscard]] virtual std::optional<portal::EgressMessage> poll_portal() = 0;
    [[nodiscard]] virtual std::optional<HostRequest> poll_host() = 0;

    /// The loop books what a door refused.
    [[nodiscard]] virtual dataplane::Counters& counters() = 0;
};

}  // namespace fz::tunnel
