// The gateway as one state machine: portal messages in, authorizations and connections out.
//
// It keeps for each client what the portal granted (policy::Authorizations) and hands the packet
// path the compiled form. A client outlives its connection: access granted stays granted while the
// peer is unreachable, until it expires or is taken back.
//
// Left out: DNS resources (their proxy addresses are answered "prohibited"), and the connection
// scheme of clients up to 1.3.
#pragma once

#include <deque>
#include <map>

#include "dataplane/gateway_path.h"
#include "policy/authorizations.h"
#include "tunnel/endpoint.h"
#include "tunnel/node.h"
#include "tunnel/roster.h"

namespace fz::tunnel {

class Gateway final : public Endpoint, public Roster {
  public:
    /// `random` outlives the gateway.
    Gateway(const crypto::KeyPair& keys, crypto::Random& random);

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
    [[nodiscard]] std::optional<HostRequest> poll_host() override;
    [[nodiscard]] std::vector<wire::SocketAddr> relay_sockets() const override {
        return directory_.relay_sockets();
    }
    [[nodiscard]] dataplane::Graveyard& graveyard() override { return directory_.graveyard(); }

    /// A client that has access and no connection is not listed.
    [[nodiscard]] PeerPage peers(std::uint32_t from, std::size_t most, Instant now) const override;
    [[nodiscard]] RosterSummary summary() const override { return node_.summary(); }

  private:
    struct Client {
        policy::Authorizations authorizations;
        portal::TunnelAddresses addresses;
    };

    void handle(const portal::Init& init, Now now);
    void handle(const portal::AuthorizeFlow& flow, Now now);
    void handle(const portal::RejectAccess& reject, Now now);
    void handle(const portal::IceCandidates& candidates, Now now);
    void handle(const portal::InvalidateIceCandidates& candidates, Now now);
    void handle(const portal::RelaysPresence& presence, Now now);
    void handle(const portal::ResourceUpdated& update, Now now);
    void handle(const portal::AccessExpiryUpdated& update, Now now);
    void handle(const portal::RequestConnection& request, Now now);
    void handle(const portal::AllowAccess& request, Now now);

    void retain_authorizations(const std::vector<portal::Authorization>& authorizations, Now now);
    /// Gives the packet path the client's present access.
    void publish(const policy::ClientId& id, const Client& client);
    /// Publishes, or says goodbye to a client that has nothing left.
    void settle(const policy::ClientId& id, Now now);
    void dismiss(const policy::ClientId& id, Now now);
    void sweep_expired(Now now);
    void drain_node();

    dataplane::Directory directory_;
    dataplane::GatewayPath path_{directory_};
    Node node_;
    std::optional<portal::TunnelAddresses> own_addresses_;
    std::map<policy::ClientId, Client> clients_;
    std::optional<Instant> sweep_at_;
    std::deque<portal::EgressMessage> to_portal_;
    std::deque<HostRequest> host_requests_;
};

}  // namespace fz::tunnel
