#include "dataplane/egress.h"

#include "dataplane/verdict.h"
#include "wire/channel_data.h"
#include "wire/firezone_ranges.h"
#include "wire/ip_packet.h"

namespace fz::dataplane {
namespace {

Outgoing framed(packet::Packet packet, const Path& path, wire::Ecn ecn) noexcept {
    if (path.channel) {
        const auto size = static_cast<std::uint16_t>(packet.size());
        packet.push_front(wire::kChannelDataHeader);
        wire::write_channel_header(packet.bytes().first(wire::kChannelDataHeader), *path.channel,
                                   size);
    }
    return Outgoing{std::move(packet), path.source, path.destination, ecn};
}

std::optional<Drop> forward(packet::Packet& packet, const Directory& directory, Instant now,
                            Output& output) noexcept {
    const auto parsed = wire::IpPacketView::parse(std::as_const(packet).bytes());
    if (!parsed) return Drop::malformed_outer;
    if (!wire::is_peer(parsed->dst())) return Drop::not_a_peer;
    PeerState* peer = directory.peer_of_address(parsed->dst());
    if (peer == nullptr) return Drop::unknown_peer;
    const policy::Access* access = peer->access();
    if (access == nullptr) return Drop::no_access;
    if (const auto refusal = drop_of(access->inbound(*parsed))) return refusal;
    const wire::Ecn ecn = parsed->ecn();
    return seal_for(*peer, std::move(packet), ecn, now, output);
}

}  // namespace

std::optional<Drop> seal_for(PeerState& peer, packet::Packet packet, wire::Ecn ecn, Instant now,
                             Output& output) noexcept {
    const Path* path = peer.path();
    if (path == nullptr) return Drop::no_path;
    Session* session = peer.sending();
    if (session == nullptr || !session->alive(now)) {
        output.activity_of(peer.slot()).session_wanted = true;
        return Drop::no_session;
    }
    const bool keepalive = packet.size() == 0;
    if (const auto refusal = session->seal(packet)) return refusal;
    if (!keepalive) output.activity_of(peer.slot()).data_sent = true;
    output.to_network.push_back(framed(std::move(packet), *path, ecn));
    return std::nullopt;
}

void egress(packet::Batch& packets, const Directory& directory, Instant now, Output& output,
            Counters& counters) noexcept {
    DirectionCounters& count = counters.to_client;
    for (packet::Packet& packet : packets) {
        const std::size_t size = packet.size();
        ++count.received;
        count.received_bytes += size;
        if (const auto refusal = forward(packet, directory, now, output)) {
            count.dropped(*refusal);
        } else {
            ++count.delivered;
            count.delivered_bytes += size;
        }
    }
    packets.clear();
}

}  // namespace fz::dataplane
