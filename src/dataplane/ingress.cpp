#include "dataplane/ingress.h"

#include "dataplane/egress.h"
#include "dataplane/session_run.h"
#include "dataplane/verdict.h"
#include "noise/messages.h"
#include "policy/verdict.h"
#include "wire/icmp_error.h"
#include "wire/ip_packet.h"
#include "wire/transmit.h"

namespace fz::dataplane {
namespace {

bool is_wireguard_data(Bytes bytes) noexcept {
    return noise::classify(bytes) == noise::MessageType::data;
}

/// Cuts the first datagram off a train.
MutBytes take_datagram(wire::IncomingTrain& train) noexcept {
    const std::size_t size =
        train.segment == 0 ? train.bytes.size() : std::min(train.segment, train.bytes.size());
    const MutBytes datagram = train.bytes.first(size);
    train.bytes = train.bytes.subspan(size);
    return datagram;
}

/// Where the datagrams of one call to `open` go.
class Sorter {
  public:
    Sorter(const Directory& directory, Instant now, Lane& lane) noexcept
        : directory_(directory), now_(now), lane_(lane), run_(now, lane) {}

    /// All that follows came in this train.
    void enter(const wire::IncomingTrain& train) noexcept {
        train_ = &train;
        const RelayTable* relays = directory_.relays();
        relay_ = relays == nullptr ? nullptr : relays->find(train.source);
    }
    void sort(MutBytes datagram) noexcept;

  private:
    void sort_from_relay(MutBytes datagram) noexcept;
    void open_data(MutBytes message) noexcept;
    void set_aside(MutBytes datagram) noexcept;
    void drop(Drop reason) noexcept { lane_.counters.to_resource.dropped(reason); }

    const Directory& directory_;
    const Instant now_;
    Lane& lane_;
    SessionRun run_;
    const wire::IncomingTrain* train_ = nullptr;
    const RelayTable::Server* relay_ = nullptr;
};

void Sorter::sort(MutBytes datagram) noexcept {
    DirectionCounters& count = lane_.counters.to_resource;
    ++count.received;
    count.received_bytes += datagram.size();
    if (datagram.size() > wire::kMaxDatagram) {
        drop(Drop::oversized);
    } else if (relay_ != nullptr) {
        sort_from_relay(datagram);
    } else if (is_wireguard_data(datagram)) {
        open_data(datagram);
    } else {
        set_aside(datagram);
    }
}

/// ChannelData that carries WireGuard data is stripped; anything else from a relay is for control.
void Sorter::sort_from_relay(MutBytes datagram) noexcept {
    const auto framed = wire::ChannelData::parse(datagram);
    if (!framed || !is_wireguard_data(framed->payload)) {
        set_aside(datagram);
    } else if (!relay_->channels->use(framed->channel)) {
        drop(Drop::unknown_channel);
    } else {
        open_data(datagram.subspan(wire::kChannelDataHeader, framed->payload.size()));
    }
}

void Sorter::open_data(MutBytes message) noexcept {
    const auto index = load_le<std::uint32_t>(message.data() + 4);
    if (!run_.continues(index)) {
        PeerState* peer = directory_.peer_of_index(index);
        Session* session = peer == nullptr ? nullptr : peer->session(index);
        if (session == nullptr) return drop(Drop::unknown_session);
        if (!session->alive(now_)) return drop(Drop::session_expired);
        run_.begin(*peer, *session);
    }
    run_.add(message, train_->ecn);
}

void Sorter::set_aside(MutBytes datagram) noexcept {
    lane_.output.datagrams.push_back({datagram, train_->source, train_->local});
    lane_.output.raise(Urgency::now);
    ++lane_.counters.to_resource.delivered;
    lane_.counters.to_resource.delivered_bytes += datagram.size();
}

/// Seals the ICMP error that answers a refused packet.
void answer(const Opened& refused, const wire::IpPacketView& view, policy::Verdict verdict,
            Instant now, Lane& lane) noexcept {
    const auto error = policy::answer_of(verdict);
    if (!error) return;
    std::array<std::byte, wire::kMaxIcmpError> text;
    const std::size_t size = wire::make_icmp_error(*error, view, text);
    if (size == 0) return;
    if (!seal_for(*refused.peer, Bytes(text).first(size), wire::Ecn::not_ect, now, lane))
        ++lane.counters.icmp_answers;
}

/// Decides one packet; on success it lies in one of the output's queues.
std::optional<Drop> admit_one(const Opened& inner, Instant now, Lane& lane) noexcept {
    const auto view = wire::IpPacketView::parse(inner.packet);
    if (!view) return Drop::malformed_inner;
    if (view->is_firezone_control()) {
        lane.output.packets.push_back({inner.packet, inner.peer->slot()});
        lane.output.raise(Urgency::now);
        return std::nullopt;
    }
    const policy::Access* access = inner.peer->access();
    if (access == nullptr) return Drop::no_access;
    const policy::Verdict verdict = access->outbound(*view);
    if (const auto refusal = drop_of(verdict)) {
        answer(inner, *view, verdict, now, lane);
        return refusal;
    }
    const wire::Ecn merged = wire::merge_on_decapsulation(inner.outer_ecn, view->ecn());
    if (merged != view->ecn()) wire::set_ecn(inner.packet, merged);
    lane.output.to_tun.push_back(inner.packet);
    return std::nullopt;
}

}  // namespace

void open(std::span<wire::IncomingTrain>& trains, const Directory& directory, Instant now,
          Lane& lane) noexcept {
    Sorter sorter(directory, now, lane);
    for (std::size_t budget = kBatch; budget > 0 && !trains.empty();) {
        wire::IncomingTrain& train = trains.front();
        sorter.enter(train);
        do {
            sorter.sort(take_datagram(train));
        } while (--budget > 0 && !train.bytes.empty());
        if (train.bytes.empty()) trains = trains.subspan(1);
    }
}

void admit(Instant now, Lane& lane) noexcept {
    DirectionCounters& count = lane.counters.to_resource;
    for (const Opened& inner : lane.opened) {
        if (const auto refusal = admit_one(inner, now, lane)) {
            count.dropped(*refusal);
        } else {
            ++count.delivered;
            count.delivered_bytes += inner.packet.size();
        }
    }
    lane.opened.clear();
}

void ingress(std::span<wire::IncomingTrain>& trains, const Directory& directory, Instant now,
             Lane& lane) noexcept {
    open(trains, directory, now, lane);
    admit(now, lane);
}

}  // namespace fz::dataplane
