// Arbitrary bytes as an IP packet: what parses keeps its promises, also under a change of ECN and
// as the quote of an ICMP error that is parsed again.
#include "wire/ip_packet.h"

#include <array>
#include <cstdint>
#include <vector>

#include "base/assert.h"
#include "wire/checksum.h"
#include "wire/icmp_error.h"

namespace {

using namespace fz;
using wire::IpPacketView;

void check_bounds(Bytes bytes, const IpPacketView& packet) {
    FZ_ASSERT(bytes.size() <= wire::kMaxIpPacket);
    FZ_ASSERT(wire::ip_length(bytes) == bytes.size());
    FZ_ASSERT(packet.header_length() <= packet.transport_offset());
    FZ_ASSERT(packet.transport_offset() + packet.transport().size() == bytes.size());
    FZ_ASSERT(packet.src().family() == packet.dst().family());
}

void check_ecn(Bytes bytes, const IpPacketView& packet) {
    std::vector<std::byte> marked(bytes.begin(), bytes.end());
    wire::set_ecn(marked, wire::Ecn::ce);
    const auto again = IpPacketView::parse(marked).value();
    FZ_ASSERT(again.ecn() == wire::Ecn::ce);
    FZ_ASSERT(again.traffic_class() >> 2 == packet.traffic_class() >> 2);
    FZ_ASSERT(again.flow() == packet.flow() && again.dst() == packet.dst());
    const auto header = [&](Bytes all) { return all.first(packet.header_length()); };
    if (packet.family() == wire::Family::v4 && wire::internet_checksum(header(bytes)) == 0)
        FZ_ASSERT(wire::internet_checksum(header(marked)) == 0);
}

bool quotable(const IpPacketView& packet) {
    using Kind = wire::Flow::Kind;
    const Kind kind = packet.flow().kind;
    const bool known = kind == Kind::tcp || kind == Kind::udp || kind == Kind::echo_request;
    return known && (packet.family() == wire::Family::v4 || packet.transport_offset() == 40);
}

void check_answer(const IpPacketView& packet, wire::IcmpAnswer answer) {
    std::array<std::byte, wire::kMaxIcmpError> space;
    const std::size_t size = wire::make_icmp_error(answer, packet, space);
    if (size == 0) return;
    const auto made = IpPacketView::parse(Bytes(space).first(size)).value();
    FZ_ASSERT(made.src() == packet.dst() && made.dst() == packet.src());
    FZ_ASSERT(made.flow().kind == wire::Flow::Kind::icmp_error);
    if (made.family() == wire::Family::v4) {
        FZ_ASSERT(wire::internet_checksum(made.bytes().first(20)) == 0);
        FZ_ASSERT(wire::internet_checksum(made.transport()) == 0);
    } else {
        FZ_ASSERT(wire::transport_checksum(made.src(), made.dst(), 58, made.transport()) == 0);
    }
    const auto error = wire::IcmpError::parse(made);
    FZ_ASSERT(error.has_value() == quotable(packet));
    if (!error) return;
    FZ_ASSERT(error->quoted_src == packet.src() && error->quoted_dst == packet.dst());
    FZ_ASSERT(error->quoted_flow == packet.flow());

    // No answer is given to an answer.
    FZ_ASSERT(wire::make_icmp_error(answer, made, space) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes bytes = std::as_bytes(std::span(data, size));
    if (const auto length = wire::ip_length(bytes)) FZ_ASSERT(*length <= size);
    const auto packet = IpPacketView::parse(bytes);
    if (!packet) return 0;
    check_bounds(bytes, *packet);
    check_ecn(bytes, *packet);
    static_cast<void>(wire::IcmpError::parse(*packet));
    check_answer(*packet, wire::IcmpAnswer::prohibited);
    check_answer(*packet, wire::IcmpAnswer::net_unreachable);
    return 0;
}
