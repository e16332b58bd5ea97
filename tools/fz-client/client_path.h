// The client's packet path: packets go to the gateway of the longest network around their
// destination, and whatever comes back goes to the TUN device.
#pragma once

#include <optional>
#include <vector>

#include "dataplane/directory.h"
#include "dataplane/egress.h"
#include "dataplane/packet_path.h"
#include "dataplane/published.h"
#include "wire/cidr.h"

namespace fz::client {

struct Route {
    wire::Cidr network;
    std::optional<std::uint32_t> slot;  ///< of the gateway; nothing: none yet, control shall ask
};

class RouteTable {
  public:
    explicit RouteTable(std::vector<Route> routes);
    /// The route of the longest network around `destination`, or nullptr.
    [[nodiscard]] const Route* find(const wire::IpAddr& destination) const noexcept;

  private:
    std::vector<Route> routes_;  // longest first
};

class ClientPath final : public dataplane::PacketPath, private dataplane::Router {
  public:
    /// `directory` outlives the path.
    explicit ClientPath(const dataplane::Directory& directory) noexcept : directory_(directory) {}

    void ingress(std::span<wire::IncomingTrain>& trains, Instant now,
                 dataplane::Lane& lane) noexcept override;
    void egress(std::span<wire::SuperPacket>& packets, Instant now,
                dataplane::Lane& lane) noexcept override;

    /// The control thread only.
    void publish(std::vector<Route> routes, dataplane::Graveyard& graveyard) {
        routes_.publish(std::make_unique<const RouteTable>(std::move(routes)), graveyard);
    }

  private:
    /// Errors: unknown_peer; if control could ask the portal for one, it gets the packet to see.
    [[nodiscard]] Expected<dataplane::PeerState*, dataplane::Drop> route(
        const wire::IpPacketView& packet, dataplane::Lane& lane) const noexcept override;

    const dataplane::Directory& directory_;
    dataplane::Published<RouteTable> routes_;
};

}  // namespace fz::client
