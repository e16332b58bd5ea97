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

#include "tunnel/endpoint.h"
#include "tunnel/node.h"

namespace fz::client {

class Client final : public tunnel::Endpoint {
  public:
    /// `extra_routes` are networks the portal did not grant: their packets go to a connected
    /// gateway all the same, to see how it refuses them. `random` outlives the client.
    Client(const crypto::KeyPair& keys, std::vector<wire::Cidr> extra_routes,
           crypto::Random& random);

    void ingress(dataplane::DatagramBatch& datagrams, Now now, dataplane::Output& output) override;
    void egress(packet::Batch& packets, Now now, dataplane::Output& output) override;
    void handle_control(dataplane::Output& output, Now now) override;
    void handle_portal(portal::IngressMessage message, Now now) override;
    void handle_timeout(Now now) override;
    void shut_down(Now now) override;
    void quiet_point() override { directory_.graveyard().clear(); }

    [[nodiscard]] std::optional<Instant> poll_timeout() const override;
    [[nodiscard]] std::optional<wire::Transmit> poll_transmit() override;
    [[nodiscard]] std::optional<portal::EgressMessage> poll_portal() override;
    [[nodiscard]] std::optional<tunnel::HostRequest> poll_host() override;
    [[nodiscard]] dataplane::Counters& counters() override { return counters_; }

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
    /// The gateway for a destination; asks the portal for a flow if there is none yet.
    [[nodiscard]] std::optional<portal::GatewayId> gateway_for(const wire::IpAddr& destination,
                                                               Now now);
    void forget_gateway(const portal::GatewayId& gateway);
    void drain_node();

    const std::vector<wire::Cidr> extra_routes_;
    dataplane::Directory directory_;
    tunnel::Node node_;
    std::optional<portal::TunnelAddresses> own_addresses_;
    std::map<policy::ResourceId, Resource> resources_;
    std::set<portal::GatewayId> gateways_;
    std::deque<portal::EgressMessage> to_portal_;
    std::deque<tunnel::HostRequest> host_requests_;
    dataplane::Counters counters_;
};

}  // namespace fz::client
