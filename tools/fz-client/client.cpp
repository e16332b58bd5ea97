#include "client.h"

#include "base/log.h"
#include "base/take_front.h"
#include "tunnel/p2p_control.h"
#include "wire/firezone_ranges.h"
#include "wire/ip_packet.h"

namespace fz::client {
namespace {

constexpr Duration kAskAgainAfter = 2s;  ///< as stock clients do, per resource

std::vector<wire::Cidr> networks_of(const portal::ClientResource& resource) {
    if (const auto* cidr = std::get_if<policy::CidrTarget>(&resource.target))
        return {cidr->network};
    if (std::holds_alternative<policy::InternetTarget>(resource.target))
        return {*wire::Cidr::parse("0.0.0.0/0"), *wire::Cidr::parse("::/0")};
    return {};
}

ice::Credentials to_ice(const portal::IceCredentials& credentials) {
    return {credentials.username, credentials.password};
}

}  // namespace

Client::Client(const crypto::KeyPair& keys, std::vector<wire::Cidr> extra_routes,
               crypto::Random& random)
    : extra_routes_(std::move(extra_routes)),
      node_(ice::Role::controlling, keys, directory_, random) {}

void Client::handle_datagram(const dataplane::ControlDatagram& datagram, Now now) {
    node_.handle_datagram(datagram, now);
    drain_node();
}

void Client::handle_packet(const dataplane::ControlPacket& packet, Now now) {
    if (packet.slot == dataplane::ControlPacket::kNoPeer) {
        if (const auto view = wire::IpPacketView::parse(packet.bytes)) want_flow(view->dst(), now);
        return;
    }
    const auto gateway = node_.peer_of_slot(packet.slot);
    if (!gateway || tunnel::control_event_of(packet.bytes) != tunnel::ControlEvent::goodbye) return;
    FZ_LOG(info, "gateway said goodbye", kv("gateway", *gateway));
    node_.remove_connection(*gateway);
    forget_gateway(*gateway);
    drain_node();
}

void Client::handle_activity(std::uint32_t slot, Now now) {
    node_.handle_activity(slot, now);
    drain_node();
}

void Client::handle_portal(portal::IngressMessage message, Now now) {
    if (const auto* for_client = std::get_if<portal::ClientIngress>(&message))
        std::visit([&](const auto& content) { handle(content, now); }, *for_client);
    drain_node();
}

void Client::handle(const portal::ClientInit& init, Now now) {
    own_addresses_ = init.interface.addresses;
    std::map<policy::ResourceId, Resource> before;
    before.swap(resources_);
    for (const portal::ClientResource& resource : init.resources) {
        store(resource);
        if (const auto known = before.find(resource.id); known != before.end())
            resources_[resource.id].gateway = known->second.gateway;
    }
    node_.update_relays({}, init.relays, now);
    configure_interface();
    FZ_LOG(info, "initialised by the portal", kv("resources", resources_.size()),
           kv("relays", init.relays.size()));
}

void Client::handle(const portal::ConfigChanged& change, Now) {
    own_addresses_ = change.interface.addresses;
    configure_interface();
}

void Client::handle(const portal::ResourceCreatedOrUpdated& change, Now) {
    store(change.resource);
    configure_interface();
}

void Client::handle(const portal::ResourceDeleted& deletion, Now) {
    resources_.erase(deletion.id);
    configure_interface();
}

void Client::handle(const portal::FlowCreated& flow, Now now) {
    const auto resource = resources_.find(flow.resource_id);
    if (resource == resources_.end()) return;
    const tunnel::PeerCredentials credentials{flow.gateway_public_key, flow.preshared_key,
                                              to_ice(flow.client_ice), to_ice(flow.gateway_ice)};
    if (node_.upsert_connection(flow.gateway_id, credentials, flow.gateway_addresses, now) ==
        tunnel::Upsert::no_relay) {
        host_requests_.emplace_back(tunnel::RedialPortal{});
        return;
    }
    resource->second.gateway = flow.gateway_id;
    gateways_.insert(flow.gateway_id);
    publish_routes();
    FZ_LOG(info, "flow created", kv("resource", flow.resource_id), kv("gateway", flow.gateway_id));
}

void Client::handle(const portal::FlowCreationFailed& failure, Now) {
    FZ_LOG(info, "the portal refused a flow", kv("resource", failure.resource_id));
}

void Client::handle(const portal::IceCandidates& candidates, Now now) {
    node_.add_remote_candidates(candidates.peer, candidates.candidates, now);
}

void Client::handle(const portal::InvalidateIceCandidates& candidates, Now now) {
    node_.remove_remote_candidates(candidates.peer, candidates.candidates, now);
}

void Client::handle(const portal::RelaysPresence& presence, Now now) {
    node_.update_relays(presence.disconnected, presence.connected, now);
}

void Client::store(const portal::ClientResource& resource) {
    Resource& stored = resources_[resource.id];
    stored.networks = networks_of(resource);
}

void Client::configure_interface() {
    publish_routes();
    if (!own_addresses_) return;
    std::vector<wire::Cidr> routes = extra_routes_;
    routes.push_back(wire::tunnel_range(wire::Family::v4));
    routes.push_back(wire::tunnel_range(wire::Family::v6));
    for (const auto& [id, resource] : resources_)
        routes.insert(routes.end(), resource.networks.begin(), resource.networks.end());
    host_requests_.emplace_back(
        tunnel::ConfigureInterface{{own_addresses_->v4, own_addresses_->v6}, std::move(routes)});
}

std::pair<const policy::ResourceId, Client::Resource>* Client::resource_for(
    const wire::IpAddr& destination) {
    std::pair<const policy::ResourceId, Resource>* best = nullptr;
    int best_length = -1;
    for (auto& entry : resources_)
        for (const wire::Cidr& network : entry.second.networks)
            if (network.contains(destination) && network.length() > best_length) {
                best = &entry;
                best_length = network.length();
            }
    return best;
}

void Client::want_flow(const wire::IpAddr& destination, Now now) {
    auto* found = resource_for(destination);
    if (found == nullptr) return;
    auto& [id, resource] = *found;
    if (resource.gateway) return;
    if (resource.asked_at && now.instant - *resource.asked_at < kAskAgainAfter) return;
    resource.asked_at = now.instant;
    to_portal_.emplace_back(portal::CreateFlow{id, {gateways_.begin(), gateways_.end()}});
}

void Client::forget_gateway(const portal::GatewayId& gateway) {
    gateways_.erase(gateway);
    for (auto& [id, resource] : resources_)
        if (resource.gateway == gateway) resource.gateway.reset();
    publish_routes();
}

void Client::publish_routes() {
    const auto slot_of = [&](const portal::GatewayId& gateway) -> std::optional<std::uint32_t> {
        const dataplane::PeerState* peer = node_.peer_state(gateway);
        return peer == nullptr ? std::nullopt : std::optional(peer->slot());
    };
    std::vector<Route> routes;
    for (const auto& [id, resource] : resources_)
        for (const wire::Cidr& network : resource.networks)
            routes.push_back(
                {network, resource.gateway ? slot_of(*resource.gateway) : std::nullopt});
    // What no resource covers goes to any gateway, to see how it is refused.
    if (!gateways_.empty())
        for (const char* everything : {"0.0.0.0/0", "::/0"})
            routes.push_back({*wire::Cidr::parse(everything), slot_of(*gateways_.begin())});
    path_.publish(std::move(routes), directory_.graveyard());
}

void Client::handle_timeout(Now now) {
    node_.handle_timeout(now);
    drain_node();
}

void Client::shut_down(Now now) {
    for (const portal::GatewayId& gateway : gateways_)
        node_.send_inner(gateway, tunnel::goodbye_packet(), now);
    node_.release_relays(now);
}

void Client::drain_node() {
    while (auto event = node_.poll_event()) {
        if (auto* added = std::get_if<tunnel::CandidatesAdded>(&*event)) {
            to_portal_.emplace_back(
                portal::BroadcastIceCandidates{{added->peer}, std::move(added->candidates)});
        } else if (auto* removed = std::get_if<tunnel::CandidatesRemoved>(&*event)) {
            to_portal_.emplace_back(portal::BroadcastInvalidatedIceCandidates{
                {removed->peer}, std::move(removed->candidates)});
        } else if (auto* lost = std::get_if<tunnel::ConnectionLost>(&*event)) {
            forget_gateway(lost->peer);
        }
    }
}

std::optional<Instant> Client::poll_timeout() const { return node_.poll_timeout(); }

std::optional<wire::Transmit> Client::poll_transmit() { return node_.poll_transmit(); }

std::optional<portal::EgressMessage> Client::poll_portal() { return take_front(to_portal_); }

std::optional<tunnel::HostRequest> Client::poll_host() { return take_front(host_requests_); }

}  // namespace fz::client
