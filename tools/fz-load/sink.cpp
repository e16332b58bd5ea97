#include "sink.h"

#include <poll.h>

#include <algorithm>

#include "in_namespace.h"
#include "wire/ip_protocol.h"

namespace fz::load {
namespace {

/// What the sink reads of a packet; all of it survives masquerading.
struct Header {
    std::uint16_t total_length = 0;
    std::uint8_t protocol = 0;
    std::uint16_t destination_port = 0;
    std::uint32_t sequence = 0;  ///< TCP
};

/// Source: RFC 791 3.1, RFC 9293 3.1
Header read_header(Bytes packet) noexcept {
    Reader in(packet);
    Header header;
    in.skip(2);
    header.total_length = in.be<std::uint16_t>();
    in.skip(5);
    header.protocol = in.u8();
    in.skip(kIpHeader - 10 + 2);
    header.destination_port = in.be<std::uint16_t>();
    header.sequence = in.be<std::uint32_t>();
    return header;
}

}  // namespace

Expected<Sink> Sink::open(const FarEnd& far_end, Traffic traffic, std::size_t flows,
                          CaptureRing::Detail detail) {
    FZ_ASSIGN(CaptureRing ring, in_namespace(far_end.netns, [&] {
                  return CaptureRing::open(far_end.device, far_end.address, detail);
              }));
    return Sink(std::move(ring), traffic, flows, detail);
}

Sink::Sink(CaptureRing ring, Traffic traffic, std::size_t flows, CaptureRing::Detail detail)
    : ring_(std::move(ring)),
      traffic_(traffic),
      detail_(detail),
      pattern_(traffic, {wire::IpAddr::v4(0, 0, 0, 0), 0}, {wire::IpAddr::v4(0, 0, 0, 0), 0}),
      orders_(flows) {}

std::uint64_t Sink::drain() noexcept {
    const std::uint64_t before = arrivals_.packets;
    while (const auto captured = ring_.next()) {
        take(*captured);
        ring_.release();
    }
    return arrivals_.packets - before;
}

void Sink::wait() const noexcept {
    pollfd readable{ring_.fd(), POLLIN, 0};
    ::poll(&readable, 1, 1);
}

void Sink::take(const Captured& captured) noexcept {
    const std::size_t headers = header_size(traffic_);
    const std::size_t payload = payload_size(traffic_);
    if (captured.packet.size() < headers + kNumberSize) return;
    const Header header = read_header(captured.packet);
    const std::size_t flow = std::size_t{header.destination_port} - kFirstFlowPort;
    const std::uint8_t protocol = is_tcp(traffic_) ? wire::protocol::kTcp : wire::protocol::kUdp;
    if (header.protocol != protocol || flow >= orders_.size() || header.total_length < headers)
        return;  // somebody else's
    const std::uint64_t count = (header.total_length - headers + payload - 1) / payload;
    ArrivalOrder& order = orders_[flow];
    const std::uint64_t late = order.late();
    const Bytes payloads = captured.packet.subspan(headers);
    const auto number = load_be<std::uint64_t>(payloads.data());
    if (is_tcp(traffic_))
        order.segments_arrived(header.sequence, payload, count);
    else
        order.arrived(number, count);
    arrivals_.add(count);
    arrivals_.reordered += order.late() - late;
    if (detail_ == CaptureRing::Detail::whole)
        arrivals_.corrupt = arrivals_.corrupt.value_or(0) + corrupt_among(payloads, number, count);
}

std::uint64_t Sink::corrupt_among(Bytes payloads, std::uint64_t number,
                                  std::uint64_t count) const noexcept {
    const std::size_t size = payload_size(traffic_);
    std::uint64_t corrupt = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        const Bytes rest = payloads.subspan(std::min(payloads.size(), i * size));
        if (!pattern_.is_payload(number + i, rest.first(std::min(rest.size(), size)))) ++corrupt;
    }
    return corrupt;
}

}  // namespace fz::load
