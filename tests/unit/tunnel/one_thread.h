// An endpoint run by one thread: its packet path, and at once what that leaves for its control
// side. The driver of everything that tests endpoints without a kernel.
#pragma once

#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "base/assert.h"
#include "tunnel/endpoint.h"
#include "unit/wire/packets.h"

namespace fz::test {

/// A datagram that an endpoint's packet path sent.
struct Sent {
    std::optional<wire::SocketAddr> source;
    wire::SocketAddr destination;
    Buffer bytes;
    wire::Ecn ecn;
};

class OneThread {
  public:
    void receive(tunnel::Endpoint& endpoint, const wire::SocketAddr& source,
                 const wire::SocketAddr& local, Bytes datagram, wire::Ecn ecn, Now now) {
        Buffer bytes(datagram.begin(), datagram.end());
        wire::IncomingTrain train{
            .bytes = bytes, .segment = bytes.size(), .source = source, .local = local, .ecn = ecn};
        std::span<wire::IncomingTrain> trains(&train, 1);
        endpoint.packet_path().ingress(trains, now.instant, *lane_);
        FZ_ASSERT(trains.empty());
        empty(endpoint, now);
    }
    void read_tun(tunnel::Endpoint& endpoint, Bytes packet, Now now) {
        Buffer bytes(packet.begin(), packet.end());
        wire::SuperPacket one{.bytes = bytes, .offload = {}};
        std::span<wire::SuperPacket> packets(&one, 1);
        endpoint.packet_path().egress(packets, now.instant, *lane_);
        FZ_ASSERT(packets.empty());
        empty(endpoint, now);
    }

    [[nodiscard]] const dataplane::Counters& counters() const { return lane_->counters; }

    // Since they were last cleared.
    std::vector<Buffer> to_tun;
    std::vector<Sent> sent;

  private:
    void empty(tunnel::Endpoint& endpoint, Now now) {
        dataplane::Output& output = lane_->output;
        for (const Bytes packet : output.to_tun) to_tun.emplace_back(packet.begin(), packet.end());
        for (const wire::Family family : {wire::Family::v4, wire::Family::v6})
            for (const wire::OutgoingTrain& train : output.to_network.trains(family))
                for (Bytes rest = train.bytes; !rest.empty();) {
                    const Bytes one = rest.first(std::min(train.segment, rest.size()));
                    sent.push_back(
                        {train.source, train.destination, {one.begin(), one.end()}, train.ecn});
                    rest = rest.subspan(one.size());
                }
        for (const std::uint32_t slot : output.active) endpoint.handle_activity(slot, now);
        for (const dataplane::ControlDatagram& datagram : output.datagrams)
            endpoint.handle_datagram(datagram, now);
        for (const dataplane::ControlPacket& packet : output.packets)
            endpoint.handle_packet(packet, now);
        output.active.clear();
        output.clear();
    }

    std::unique_ptr<dataplane::Lane> lane_ =
        std::make_unique<dataplane::Lane>(crypto::AeadProvider::sodium);
};

}  // namespace fz::test
