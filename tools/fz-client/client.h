// The lab's Firezone client: the other end of the gateway's tunnels, built from the same libraries.
//
// It asks the portal for a flow when a packet for a resource finds none, connects to the gateway
// that the portal names, and carries packets. It has no DNS, no filters and no user interface; a
// stock client is the judge of compatibility, this one the load generator and the test's helping
// hand.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "client_path.h"
#include "tunnel/endpoint.h"
#include "tunnel/node.h"

namespace fz::client {

class Client final : public tunnel::Endpoint {
  public:
    /// `extra_routes` are networks the portal did not grant: their packets go to a connected
    /// gateway all the same, to see how it refuses them. `random` outlives the client.
    Client(const crypto::KeyPair& keys, std::vector<wire::Cidr> extra_routes,
           crypto::Random& random);

    [[nodiscard]] dataplane::PacketPath& packet_path() override { return path_; }
    void handle_datagram(const dataplane::ControlDatagram& datagram, Now now) override;
    void handle_packet(const dataplane::ControlPacket& packet, Now now) override;
    void handle_activity(std::uint32_t slot, Now now) override;
    void handle_portal(portal::IngressMessage message, Now now) override;
    void handle_timeout(Now now) override;
    void shut_down(Now now) override;

    [[nodiscard]] std::optional<Instant> poll_timeout() const override;
    [[nodiscard]] std::optional<wire::Transmit> poll_transmit() override;
    [[nodiscard]] std::optional<portal::EgressMessage> poll_portal() override;
    [[nodiscard]] std::optional<tunnel::HostRequest> poll_host() override;
    [[nodiscard]] std::vector<wire::SocketAddr> relay_sockets() const override {
        return directory_.relay_sockets();
    }
    [[nodiscard]] dataplane::Graveyard& graveyard() override { return directory_.graveyard(); }

  private:
    struct Resource {
        std::vector<wire::Cidr> networks;
        std::optional<portal::GatewayId> gateway;  ///< the flow we have
        std::optional<Instant> asked_at;           ///< for a flow, last
    };

    void handle(const portal::ClientInit& init, Now now);
    void handle(const portal::ConfigChanged& change, Now now);
    void handle(const portal::ResourceCreatedOrUpdated& change, Now now);
    void handle(const portal::ResourceDeleted& deletion, Now now);
    void handle(const portal::FlowCreated& flow, Now now);
    void handle(const portal::FlowCreationFailed& failure, Now now);
    void handle(const portal::IceCandidates& candidates, Now now);
    void handle(const portal::InvalidateIceCandidates& candidates, Now now);
    void handle(const portal::RelaysPresence& presence, Now now);

    void store(const portal::ClientResource& resource);
    void configure_interface();
    /// The resource whose network is the longest match, or nullptr.
    [[nodiscard]] std::pair<const policy::ResourceId, Resource>* resource_for(
        const wire::IpAddr& destination);
    /// Asks the portal for a flow to the resource around a destination, unless there is one.
    void want_flow(const wire::IpAddr& destination, Now now);
    void forget_gateway(const portal::GatewayId& gateway);
    /// Tells the packet path which networks are behind which gateway.
    void publish_routes();
    void drain_node();

    const std::vector<wire::Cidr> extra_routes_;
    dataplane::Directory directory_;
    ClientPath path_{directory_};
    tunnel::Node node_;
    std::optional<portal::TunnelAddresses> own_addresses_;
    std::map<policy::ResourceId, Resource> resources_;
    std::set<portal::GatewayId> gateways_;
    std::deque<portal::EgressMessage> to_portal_;
    std::deque<tunnel::HostRequest> host_requests_;
};

}  // namespace fz::client
