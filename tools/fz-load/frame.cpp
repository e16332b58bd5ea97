#include "frame.h"

#include <array>

#include "wire/checksum.h"

namespace fz::load {
namespace {

constexpr std::size_t kEthernet = 14, kIp = 20;
constexpr std::size_t kIpChecksum = 10, kUdpChecksum = 6;  ///< offsets in their headers
constexpr std::uint8_t kUdp = 17;

}  // namespace

void write_frame(MutBytes frame, const MacAddress& gateway_mac, const wire::SocketAddr& source,
                 const wire::SocketAddr& destination, Bytes datagram) {
    const auto packet_size = static_cast<std::uint16_t>(frame.size() - kEthernet);
    Writer out(frame);
    out.bytes(gateway_mac);
    out.bytes(std::array<std::byte, 6>{std::byte{2}});
    out.be(std::uint16_t{0x0800});
    out.be(std::uint32_t{0x45000000U | packet_size});
    out.be(std::uint32_t{0x00004000});  // not to be fragmented
    out.be(std::uint32_t{64U << 24 | std::uint32_t{kUdp} << 16});
    out.bytes(source.ip.bytes());
    out.bytes(destination.ip.bytes());
    out.be(source.port);
    out.be(destination.port);
    out.be(static_cast<std::uint16_t>(packet_size - kIp));
    out.be(std::uint16_t{0});
    out.bytes(datagram);
    const MutBytes packet = frame.subspan(kEthernet), segment = packet.subspan(kIp);
    store_be(packet.data() + kIpChecksum, wire::internet_checksum(packet.first(kIp)));
    const std::uint16_t sum = wire::transport_checksum(source.ip, destination.ip, kUdp, segment);
    store_be(segment.data() + kUdpChecksum, sum == 0 ? std::uint16_t{0xffff} : sum);
}

}  // namespace fz::load
