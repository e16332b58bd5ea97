// ChannelData, the four-byte framing of relayed traffic (RFC 8656 12.4).
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace fz::wire {

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         Channel Number        |            Length             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
struct ChannelNumber {
    std::uint16_t value = 0;

    friend auto operator<=>(ChannelNumber, ChannelNumber) = default;
};

inline constexpr ChannelNumber kFirstChannel{0x4000};
inline constexpr ChannelNumber kLastChannel{0x4fff};  ///< RFC 8656 12; relays accept no more

struct ChannelData {
    ChannelNumber channel;
    Bytes payload;  ///< borrowed from the datagram

    /// Nothing if the bytes are not ChannelData. Up to 3 bytes behind the payload are tolerated:
    /// RFC 8656 12.5 allows padding over UDP, although no relay in use sends any.
    [[nodiscard]] static std::optional<ChannelData> parse(Bytes datagram) noexcept;
};

/// Writes the header for `payload_size` bytes that follow it. `header` holds 4 bytes.
void write_channel_header(MutBytes header, ChannelNumber channel,
                          std::uint16_t payload_size) noexcept;

}  // namespace fz::wire
