// Arbitrary bytes as ChannelData: what parses lies within the datagram and writes back the same.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "wire/channel_data.h"

using namespace fz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const Bytes datagram = std::as_bytes(std::span(bytes, size));
    const auto data = wire::ChannelData::parse(datagram);
    if (!data) return 0;
    FZ_ASSERT(data->channel >= wire::kFirstChannel && data->channel <= wire::kLastChannel);
    FZ_ASSERT(data->payload.size() + 4 <= size && size <= data->payload.size() + 4 + 3);

    std::array<std::byte, 4> header;
    wire::write_channel_header(header, data->channel,
                               static_cast<std::uint16_t>(data->payload.size()));
    FZ_ASSERT(std::equal(header.begin(), header.end(), datagram.begin()));
    return 0;
}
