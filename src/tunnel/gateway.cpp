#include "tunnel/gateway.h"

#include "base/log.h"
#include "base/take_front.h"
#include "tunnel/p2p_control.h"
#include "wire/firezone_ranges.h"

namespace fz::tunnel {
namespace {

constexpr Duration kSweepInterval = 1s;  ///< how late an expired authorization may end

ice::Credentials to_ice(const portal::IceCredentials& credentials) {
    return {credentials.username, credentials.password};
}

policy::TunnelAddresses to_policy(const portal::TunnelAddresses& addresses) {
    return {.v4 = addresses.v4, .v6 = addresses.v6};
}

}  // namespace

Gateway::Gateway(const crypto::KeyPair& keys, crypto::Random& random)
    : node_(ice::Role::controlled, keys, directory_, random) {}

void Gateway::handle_datagram(const dataplane::ControlDatagram& datagram, Now now) {
    node_.handle_datagram(datagram, now);
    drain_node();
}

void Gateway::handle_packet(const dataplane::ControlPacket& packet, Now) {
    const auto peer = node_.peer_of_slot(packet.slot);
    if (!peer || control_event_of(packet.bytes) != ControlEvent::goodbye) return;
    FZ_LOG(info, "client said goodbye", kv("client", *peer));
    node_.remove_connection(*peer);
    clients_.erase(*peer);
    drain_node();
}

void Gateway::handle_activity(std::uint32_t slot, Now now) {
    node_.handle_activity(slot, now);
    drain_node();
}

void Gateway::handle_portal(portal::IngressMessage message, Now now) {
    if (const auto* for_gateway = std::get_if<portal::GatewayIngress>(&message))
        std::visit([&](const auto& content) { handle(content, now); }, *for_gateway);
    drain_node();
}

void Gateway::handle(const portal::Init& init, Now now) {
    node_.update_relays({}, init.relays, now);
    own_addresses_ = init.interface.addresses;
    retain_authorizations(init.authorizations, now);
    host_requests_.emplace_back(ConfigureInterface{
        {init.interface.addresses.v4, init.interface.addresses.v6},
        {wire::tunnel_range(wire::Family::v4), wire::tunnel_range(wire::Family::v6)}});
    FZ_LOG(info, "initialised by the portal", kv("relays", init.relays.size()),
           kv("authorizations", init.authorizations.size()));
}

void Gateway::retain_authorizations(const std::vector<portal::Authorization>& authorizations,
                                    Now now) {
    std::map<policy::ClientId, std::vector<policy::ResourceId>> granted;
    for (const auto& [client_id, resource_id, expires_at] : authorizations) {
        granted[client_id].push_back(resource_id);
        const auto client = clients_.find(client_id);
        if (client != clients_.end())
            client->second.authorizations.set_expiry(resource_id, expires_at);
    }
    std::vector<policy::ClientId> known;
    for (auto& [id, client] : clients_) {
        client.authorizations.retain(granted[id]);
        known.push_back(id);
    }
    for (const policy::ClientId& id : known) settle(id, now);
}

void Gateway::handle(const portal::AuthorizeFlow& flow, Now now) {
    if (!own_addresses_) {
        FZ_LOG(warn, "authorization before init refused", kv("client", flow.client.id));
        return;
    }
    const PeerCredentials credentials{flow.client.public_key, flow.client.preshared_key,
                                      to_ice(flow.gateway_ice), to_ice(flow.client_ice)};
    const Upsert upsert =
        node_.upsert_connection(flow.client.id, credentials, flow.client.addresses, now);
    if (upsert == Upsert::no_relay) {
        FZ_LOG(info, "no relay known, asking the portal again", kv("client", flow.client.id));
        host_requests_.emplace_back(RedialPortal{});
        return;
    }
    Client& client = clients_[flow.client.id];
    client.addresses = flow.client.addresses;
    client.authorizations.authorize(flow.resource, flow.expires_at);
    publish(flow.client.id, client);
    to_portal_.emplace_back(portal::FlowAuthorized{flow.ref});
    if (!sweep_at_) sweep_at_ = now.instant + kSweepInterval;
    FZ_LOG(info, "access authorized", kv("client", flow.client.id),
           kv("resource", flow.resource.id));
}

void Gateway::handle(const portal::RejectAccess& reject, Now now) {
    const auto client = clients_.find(reject.client_id);
    if (client == clients_.end()) return;
    client->second.authorizations.remove(reject.resource_id);
    FZ_LOG(info, "access rejected", kv("client", reject.client_id),
           kv("resource", reject.resource_id));
    settle(reject.client_id, now);
}

void Gateway::handle(const portal::IceCandidates& candidates, Now now) {
    node_.add_remote_candidates(candidates.peer, candidates.candidates, now);
}

void Gateway::handle(const portal::InvalidateIceCandidates& candidates, Now now) {
    node_.remove_remote_candidates(candidates.peer, candidates.candidates, now);
}

void Gateway::handle(const portal::RelaysPresence& presence, Now now) {
    node_.update_relays(presence.disconnected, presence.connected, now);
}

void Gateway::handle(const portal::ResourceUpdated& update, Now) {
    for (auto& [id, client] : clients_) {
        if (client.authorizations.update_filters(update.resource.id, update.resource.filters))
            publish(id, client);
    }
}

void Gateway::handle(const portal::AccessExpiryUpdated& update, Now now) {
    const auto client = clients_.find(update.client_id);
    if (client == clients_.end()) return;
    client->second.authorizations.set_expiry(update.resource_id, update.expires_at);
    settle(update.client_id, now);
}

void Gateway::handle(const portal::RequestConnection& request, Now) {
    FZ_LOG(info, "clients up to 1.3 are not served", kv("client", request.client.id));
}

void Gateway::handle(const portal::AllowAccess& request, Now) {
    FZ_LOG(info, "clients up to 1.3 are not served", kv("client", request.client_id));
}

void Gateway::publish(const policy::ClientId& id, const Client& client) {
    dataplane::PeerState* peer = node_.peer_state(id);
    if (peer == nullptr || !own_addresses_) return;
    peer->set_access(std::make_unique<const policy::Access>(client.authorizations.compile(
                         to_policy(client.addresses), to_policy(*own_addresses_))),
                     directory_.graveyard());
}

void Gateway::settle(const policy::ClientId& id, Now now) {
    Client& client = clients_.at(id);
    client.authorizations.expire(now.unix);
    if (client.authorizations.empty()) {
        dismiss(id, now);
    } else {
        publish(id, client);
    }
}

void Gateway::dismiss(const policy::ClientId& id, Now now) {
    FZ_LOG(info, "client has no access left", kv("client", id));
    node_.send_inner(id, goodbye_packet(), now);
    node_.remove_connection(id);
    clients_.erase(id);
}

void Gateway::sweep_expired(Now now) {
    std::vector<policy::ClientId> changed;
    for (auto& [id, client] : clients_)
        if (client.authorizations.expire(now.unix)) changed.push_back(id);
    for (const policy::ClientId& id : changed) settle(id, now);
    sweep_at_ = clients_.empty() ? std::nullopt : std::optional(now.instant + kSweepInterval);
}

void Gateway::handle_timeout(Now now) {
    if (sweep_at_ && *sweep_at_ <= now.instant) sweep_expired(now);
    node_.handle_timeout(now);
    drain_node();
}

void Gateway::shut_down(Now now) {
    for (const auto& [id, client] : clients_) node_.send_inner(id, goodbye_packet(), now);
    node_.release_relays(now);
}

void Gateway::drain_node() {
    while (auto event = node_.poll_event()) {
        if (auto* added = std::get_if<CandidatesAdded>(&*event)) {
            to_portal_.emplace_back(
                portal::BroadcastIceCandidates{{added->peer}, std::move(added->candidates)});
        } else if (auto* removed = std::get_if<CandidatesRemoved>(&*event)) {
            to_portal_.emplace_back(portal::BroadcastInvalidatedIceCandidates{
                {removed->peer}, std::move(removed->candidates)});
        }
    }
}

std::optional<Instant> Gateway::poll_timeout() const {
    return earlier(sweep_at_, node_.poll_timeout());
}

std::optional<wire::Transmit> Gateway::poll_transmit() { return node_.poll_transmit(); }

std::optional<portal::EgressMessage> Gateway::poll_portal() { return take_front(to_portal_); }

std::optional<HostRequest> Gateway::poll_host() { return take_front(host_requests_); }

}  // namespace fz::tunnel
