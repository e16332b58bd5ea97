#include "dataplane/egress.h"

#include "wire/segmenter.h"

namespace fz::dataplane {
namespace {

using Fact = ActivityRecord::Fact;

constexpr std::size_t kSealedOverhead = wire::kDataOverhead + wire::kChannelDataHeader;

/// Where a peer's packets go at this moment.
struct Way {
    const Path* path;
    Session* session;
    std::uint64_t counter;  ///< of the first packet
};

Expected<Way, Drop> way_to(PeerState& peer, std::uint64_t packets, Instant now,
                           Lane& lane) noexcept {
    const Path* path = peer.path();
    if (path == nullptr) return Unexpected{Drop::no_path};
    Session* session = peer.sending();
    if (session == nullptr || !session->alive(now)) {
        lane.note(peer, Fact::session_wanted, now);
        lane.output.raise(Urgency::now);
        return Unexpected{Drop::no_session};
    }
    const auto counter = session->take_counters(packets);
    if (!counter) return Unexpected{Drop::session_expired};
    return Way{path, session, *counter};
}

void seal_by(Way& way, Bytes packet, wire::Ecn ecn, Lane& lane, Traffic& sent) noexcept {
    const MutBytes message =
        lane.output.to_network.append(*way.path, ecn, packet.size() + wire::kDataOverhead);
    way.session->seal(way.counter++, packet, message, lane.aead);
    sent.add(packet.size());
}

std::optional<Drop> forward(wire::Segmenter& segments, const Router& router, Instant now,
                            Lane& lane) noexcept {
    const std::size_t count = segments.count();
    MutBytes segment = segments.next();
    const auto parsed = wire::IpPacketView::parse(segment);
    if (!parsed) return Drop::malformed_outer;
    const auto peer = router.route(*parsed, lane);
    if (!peer) return peer.error();
    auto way = way_to(**peer, count, now, lane);
    if (!way) return way.error();
    const wire::Ecn ecn = parsed->ecn();
    Traffic sent;
    seal_by(*way, segment, ecn, lane, sent);
    while (!segments.done()) seal_by(*way, segments.next(), ecn, lane, sent);
    (*peer)->sent().add(sent);
    lane.note(**peer, Fact::data_sent, now);
    return std::nullopt;
}

}  // namespace

std::optional<Drop> seal_for(PeerState& peer, Bytes packet, wire::Ecn ecn, Instant now,
                             Lane& lane) noexcept {
    auto way = way_to(peer, 1, now, lane);
    if (!way) return way.error();
    Traffic sent;
    seal_by(*way, packet, ecn, lane, sent);
    if (packet.empty()) return std::nullopt;  // a keep-alive
    peer.sent().add(sent);
    lane.note(peer, Fact::data_sent, now);
    return std::nullopt;
}

void egress(std::span<wire::SuperPacket>& packets, const Router& router, Instant now,
            Lane& lane) noexcept {
    DirectionCounters& count = lane.counters.to_client;
    for (; !packets.empty(); packets = packets.subspan(1)) {
        const wire::SuperPacket& packet = packets.front();
        auto segments = wire::Segmenter::create(packet);
        const std::size_t datagrams = segments ? segments->count() : 1;
        const std::size_t room =
            packet.bytes.size() + datagrams * (wire::Segmenter::kMaxHeader + kSealedOverhead);
        const bool fits = lane.output.to_network.has_room(datagrams, room);
        if (!fits && !lane.output.to_network.empty()) return;

        count.received += datagrams;
        count.received_bytes += packet.bytes.size();
        const std::size_t before = lane.output.to_network.bytes();
        auto refusal = std::optional(Drop::malformed_outer);  // also what no lane could hold
        if (segments && fits) refusal = forward(*segments, router, now, lane);
        if (refusal) {
            count.dropped(*refusal, datagrams);
        } else {
            count.delivered += datagrams;
            count.delivered_bytes += lane.output.to_network.bytes() - before;
        }
    }
}

}  // namespace fz::dataplane
