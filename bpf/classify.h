/* What a datagram to the gateway carries. */
#pragma once

#include "parse.h"

/* WireGuard paper 5.4.6: type 4, three zero bytes, receiver index, counter; then at least a tag. */
#define WIREGUARD_DATA_SIZE 32
/* RFC 8656 12.4 */
#define CHANNEL_DATA_HEADER 4

enum content { content_control, content_data, content_channel_data };

static __always_inline int is_wireguard_data(const __u8 *message, __u32 length, void *end)
{
    return length >= WIREGUARD_DATA_SIZE && (void *)(message + WIREGUARD_DATA_SIZE) <= end &&
           message[0] == 4 && message[1] == 0 && message[2] == 0 && message[3] == 0;
}

static __always_inline enum content content_of(const struct datagram *datagram, void *end)
{
    const __u8 *payload = datagram->payload;
    const __u32 length = datagram->payload_length;

    if (length > FZ_MAX_DATAGRAM) return content_control;
    if (is_wireguard_data(payload, length, end)) return content_data;
    if (length < CHANNEL_DATA_HEADER || (void *)(payload + CHANNEL_DATA_HEADER) > end)
        return content_control;
    /* Channels are 0x4000 to 0x4fff (RFC 8656 12); up to 3 bytes of padding follow (12.5). */
    const __u32 carried = (__u32)payload[2] << 8 | payload[3];
    const __u32 room = length - CHANNEL_DATA_HEADER;
    if (payload[0] >> 4 != 4 || carried > room || room - carried > 3) return content_control;
    return is_wireguard_data(payload + CHANNEL_DATA_HEADER, carried, end) ? content_channel_data
                                                                          : content_control;
}
