#include "dataplane/ingress.h"

#include "dataplane/egress.h"
#include "dataplane/verdict.h"
#include "noise/messages.h"
#include "policy/verdict.h"
#include "wire/icmp_error.h"
#include "wire/ip_packet.h"

namespace fz::dataplane {
namespace {

/// Where a datagram belongs, decided by its source and its first bytes.
enum class Kind : std::uint8_t { wireguard_data, control };

struct Classified {
    Kind kind = Kind::control;
    std::optional<Drop> drop = {};
};

bool is_wireguard_data(Bytes bytes) noexcept {
    return noise::classify(bytes) == noise::MessageType::data;
}

/// Strips ChannelData that carries WireGuard data; anything else from a relay is for control.
Classified classify_from_relay(packet::Packet& packet, const RelayTable::Server& relay) noexcept {
    const auto framed = wire::ChannelData::parse(std::as_const(packet).bytes());
    if (!framed || !is_wireguard_data(framed->payload)) return {};
    const std::size_t size = framed->payload.size();
    if (!relay.channels->use(framed->channel)) return {.drop = Drop::unknown_channel};
    packet.pop_front(wire::kChannelDataHeader);
    packet.resize(size);
    return {.kind = Kind::wireguard_data};
}

Classified classify(Datagram& datagram, const Directory& directory) noexcept {
    const RelayTable* relays = directory.relays();
    const auto* relay = relays == nullptr ? nullptr : relays->find(datagram.source);
    if (relay != nullptr) return classify_from_relay(datagram.packet, *relay);
    const bool data = is_wireguard_data(std::as_const(datagram.packet).bytes());
    return {.kind = data ? Kind::wireguard_data : Kind::control};
}

struct Delivery {
    std::optional<Drop> drop = {};
    bool keepalive = false;
};

/// Opens the data message for the peer its receiver index names.
Delivery open_data(Datagram& datagram, const Directory& directory, Instant now, OpenedBatch& opened,
                   Output& output) noexcept {
    packet::Packet& packet = datagram.packet;
    const auto index = load_le<std::uint32_t>(packet.bytes().data() + 4);
    PeerState* peer = directory.peer_of_index(index);
    Session* session = peer == nullptr ? nullptr : peer->session(index);
    if (session == nullptr) return {.drop = Drop::unknown_session};
    if (!session->alive(now)) return {.drop = Drop::session_expired};
    if (const auto refusal = session->open(packet)) return {.drop = refusal};

    Activity& activity = output.activity_of(peer->slot());
    if (peer->confirm(*session)) activity.confirmed_index = index;
    if (packet.size() == 0) {
        activity.keepalive_received = true;
        return {.keepalive = true};
    }
    activity.data_received = true;
    const auto length = wire::ip_length(std::as_const(packet).bytes());
    if (!length) return {.drop = Drop::malformed_inner};
    packet.resize(*length);
    opened.push_back(Opened{std::move(packet), peer, datagram.ecn});
    return {};
}

/// Seals the ICMP error that answers a refused packet, in the refused packet's own frame.
void answer(Opened& refused, const wire::IpPacketView& view, policy::Verdict verdict, Instant now,
            Output& output, Counters& counters) noexcept {
    const auto error = policy::answer_of(verdict);
    if (!error) return;
    std::array<std::byte, wire::kMaxIcmpError> text;
    const std::size_t size = wire::make_icmp_error(*error, view, text);
    if (size == 0) return;
    refused.packet.resize(size);
    std::memcpy(refused.packet.bytes().data(), text.data(), size);
    if (!seal_for(*refused.peer, std::move(refused.packet), wire::Ecn::not_ect, now, output))
        ++counters.icmp_answers;
}

/// Decides one packet; on success it lies in one of the output's queues.
std::optional<Drop> admit_one(Opened& inner, Instant now, Output& output,
                              Counters& counters) noexcept {
    const auto view = wire::IpPacketView::parse(std::as_const(inner.packet).bytes());
    if (!view) return Drop::malformed_inner;
    if (view->is_firezone_control()) {
        const std::uint32_t slot = inner.peer->slot();
        output.control_packets.push_back(ControlPacket{std::move(inner.packet), slot});
        return std::nullopt;
    }
    const policy::Access* access = inner.peer->access();
    if (access == nullptr) return Drop::no_access;
    const policy::Verdict verdict = access->outbound(*view);
    if (const auto refusal = drop_of(verdict)) {
        answer(inner, *view, verdict, now, output, counters);
        return refusal;
    }
    const wire::Ecn merged = wire::merge_on_decapsulation(inner.outer_ecn, view->ecn());
    if (merged != view->ecn()) wire::set_ecn(inner.packet.bytes(), merged);
    output.to_tun.push_back(std::move(inner.packet));
    return std::nullopt;
}

}  // namespace

void open(DatagramBatch& datagrams, const Directory& directory, Instant now, OpenedBatch& opened,
          Output& output, DirectionCounters& counters) noexcept {
    for (Datagram& datagram : datagrams) {
        const std::size_t size = datagram.packet.size();
        ++counters.received;
        counters.received_bytes += size;
        const Classified classified = classify(datagram, directory);
        Delivery delivery{.drop = classified.drop};
        if (!classified.drop && classified.kind == Kind::wireguard_data) {
            const std::size_t before = opened.size();
            delivery = open_data(datagram, directory, now, opened, output);
            if (opened.size() != before) continue;  // admit() accounts for it
        } else if (!classified.drop) {
            output.to_control.push_back(std::move(datagram));
        }
        if (delivery.drop) {
            counters.dropped(*delivery.drop);
        } else {
            ++counters.delivered;
            counters.delivered_bytes += size;
        }
    }
    datagrams.clear();
}

void admit(OpenedBatch& opened, Instant now, Output& output, Counters& counters) noexcept {
    DirectionCounters& count = counters.to_resource;
    for (Opened& inner : opened) {
        const std::size_t size = inner.packet.size();
        if (const auto refusal = admit_one(inner, now, output, counters)) {
            count.dropped(*refusal);
        } else {
            ++count.delivered;
            count.delivered_bytes += size;
        }
    }
    opened.clear();
}

void ingress(DatagramBatch& datagrams, const Directory& directory, Instant now, Output& output,
             Counters& counters) noexcept {
    OpenedBatch opened;
    open(datagrams, directory, now, opened, output, counters.to_resource);
    admit(opened, now, output, counters);
}

}  // namespace fz::dataplane
