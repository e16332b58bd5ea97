#include "tunnel/p2p_control.h"

#include "base/assert.h"

namespace fz::tunnel {
namespace {

constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kEventHeader = 8;

}  // namespace

std::optional<ControlEvent> control_event_of(Bytes packet) noexcept {
    if (packet.size() < kIpv6Header + kEventHeader) return std::nullopt;
    const auto type = std::to_integer<std::uint8_t>(packet[kIpv6Header]);
    if (type > static_cast<std::uint8_t>(ControlEvent::goodbye)) return std::nullopt;
    return static_cast<ControlEvent>(type);
}

std::array<std::byte, kGoodbyeSize> goodbye_packet() noexcept {
    std::array<std::byte, kGoodbyeSize> packet;
    Writer writer(packet);
    writer.be(std::uint32_t{0x60000000});  // version 6
    writer.be(static_cast<std::uint16_t>(kEventHeader));
    writer.u8(kControlNextHeader);
    writer.u8(0);      // hop limit
    writer.zeros(32);  // from :: to ::
    writer.u8(static_cast<std::uint8_t>(ControlEvent::goodbye));
    writer.zeros(kEventHeader - 1);
    FZ_ASSERT(writer.ok() && writer.size() == kGoodbyeSize);
    return packet;
}

}  // namespace fz::tunnel
