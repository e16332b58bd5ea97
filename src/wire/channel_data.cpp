#include "wire/channel_data.h"

#include "base/assert.h"

namespace fz::wire {

std::optional<ChannelData> ChannelData::parse(Bytes datagram) noexcept {
    constexpr std::size_t kMostPadding = 3;
    Reader reader(datagram);
    const ChannelNumber channel{reader.be<std::uint16_t>()};
    const Bytes payload = reader.bytes(reader.be<std::uint16_t>());
    if (!reader.ok() || channel < kFirstChannel || channel > kLastChannel ||
        reader.rest().size() > kMostPadding)
        return std::nullopt;
    return ChannelData{channel, payload};
}

void write_channel_header(MutBytes header, ChannelNumber channel,
                          std::uint16_t payload_size) noexcept {
    Writer writer(header);
    writer.be(channel.value);
    writer.be(payload_size);
    FZ_ASSERT(writer.ok());
}

}  // namespace fz::wire
