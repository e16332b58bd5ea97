#include "echo_message.h"

#include "wire/checksum.h"
#include "wire/ip_protocol.h"

namespace fz::load {
namespace {

constexpr std::size_t kIpHeaderSize = 20;
static_assert(kEchoPacket == kIpHeaderSize + kEchoMessage);

}  // namespace

void write_echo_request(const Echo& echo, MutBytes message) noexcept {
    const MutBytes all = message.first(kEchoMessage);
    Writer out(all);
    out.u8(wire::icmp::kEchoRequest);
    out.u8(0);
    out.be(std::uint16_t{0});
    out.be(echo.identifier);
    out.be(echo.sequence);
    out.zeros(kEchoMessage - out.size());
    store_be(all.data() + 2, wire::internet_checksum(all));
}

void write_echo_packet(const Echo& echo, const wire::IpAddr& source,
                       const wire::IpAddr& destination, MutBytes packet) noexcept {
    const MutBytes header = packet.first(kIpHeaderSize);
    Writer out(header);
    out.u8(0x45);  // version 4, five words
    out.u8(0);
    out.be(static_cast<std::uint16_t>(kEchoPacket));
    out.be(std::uint32_t{0x4000});  // identification 0, DF
    out.u8(64);                     // TTL
    out.u8(wire::protocol::kIcmp);
    out.be(std::uint16_t{0});
    out.bytes(source.bytes());
    out.bytes(destination.bytes());
    store_be(header.data() + 10, wire::internet_checksum(header));
    write_echo_request(echo, packet.subspan(kIpHeaderSize));
}

Echo read_echo_reply(Bytes packet) noexcept {
    Reader in(packet);
    const std::size_t words = in.u8() & 0x0f;
    in.skip(8);
    const std::uint8_t protocol = in.u8();
    Reader message(packet.subspan(std::min(packet.size(), 4 * words)));
    const std::uint8_t type = message.u8();
    message.skip(3);
    const auto identifier = message.be<std::uint16_t>();
    const auto sequence = message.be<std::uint16_t>();
    if (!in.ok() || !message.ok() || protocol != wire::protocol::kIcmp ||
        type != wire::icmp::kEchoReply)
        return {0, 0};
    return {identifier, sequence};
}

}  // namespace fz::load
