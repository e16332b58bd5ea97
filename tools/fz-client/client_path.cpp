#include "client_path.h"

#include <algorithm>

#include "dataplane/ingress.h"

namespace fz::client {

using dataplane::Drop;

RouteTable::RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {
    std::stable_sort(routes_.begin(), routes_.end(), [](const Route& a, const Route& b) {
        return a.network.length() > b.network.length();
    });
}

const Route* RouteTable::find(const wire::IpAddr& destination) const noexcept {
    for (const Route& route : routes_)
        if (route.network.contains(destination)) return &route;
    return nullptr;
}

void ClientPath::ingress(std::span<wire::IncomingTrain>& trains, Instant now,
                         dataplane::Lane& lane) noexcept {
    dataplane::open(trains, directory_, now, lane);
    dataplane::DirectionCounters& count = lane.counters.to_resource;
    for (const dataplane::Opened& inner : lane.opened) {
        const auto view = wire::IpPacketView::parse(inner.packet);
        if (!view) {
            count.dropped(Drop::malformed_inner);
            continue;
        }
        ++count.delivered;
        count.delivered_bytes += inner.packet.size();
        if (view->is_firezone_control()) {
            lane.output.packets.push_back({inner.packet, inner.peer->slot()});
            lane.output.raise(dataplane::Urgency::now);
        } else {
            lane.output.to_tun.push_back(inner.packet);
        }
    }
    lane.opened.clear();
}

void ClientPath::egress(std::span<wire::SuperPacket>& packets, Instant now,
                        dataplane::Lane& lane) noexcept {
    dataplane::egress(packets, *this, now, lane);
}

Expected<dataplane::PeerState*, Drop> ClientPath::route(const wire::IpPacketView& packet,
                                                        dataplane::Lane& lane) const noexcept {
    const RouteTable* routes = routes_.get();
    const Route* route = routes == nullptr ? nullptr : routes->find(packet.dst());
    if (route == nullptr) return Unexpected{Drop::unknown_peer};
    dataplane::PeerState* peer = route->slot ? directory_.peer_of_slot(*route->slot) : nullptr;
    if (peer != nullptr) return peer;
    if (!lane.output.packets.full()) {
        lane.output.packets.push_back({packet.bytes(), dataplane::ControlPacket::kNoPeer});
        lane.output.raise(dataplane::Urgency::now);
    }
    return Unexpected{Drop::unknown_peer};
}

}  // namespace fz::client
