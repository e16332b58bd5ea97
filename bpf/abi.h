/* What the program in the kernel and the gateway agree on: names, keys and values of its maps.
 *
 * C and C++, nothing but fixed-size fields without padding; sizes are asserted on both sides.
 */
#pragma once

#include <linux/types.h>

/* Receive queues of one interface that can have a socket. */
#define FZ_MAX_QUEUES 64
#define FZ_MAX_ADDRESSES 1024
#define FZ_MAX_RELAYS 64
/* One per family, where they differ. */
#define FZ_MAX_PORTS 2
/* The longest datagram of a tunnel, in bytes: ChannelData with WireGuard data with an IP packet of
   1280. What is longer has no place in a ring's buffer, perhaps, and is none of a tunnel's. */
#define FZ_MAX_DATAGRAM 1316

/* An IPv4 address is ::ffff:a.b.c.d (RFC 4291 2.5.5.2). */
struct fz_address {
    __u8 bytes[16];
};

struct fz_endpoint {
    struct fz_address address;
    __be16 port;
    __u16 zero;
};

/* What became of a frame. One list makes the counters here and their names in the gateway. */
#define FZ_VERDICTS(X)                                                                      \
    X(steered_data, "WireGuard data, to the gateway's ring")                                \
    X(steered_channel_data, "WireGuard data in a relay's channel, to the gateway's ring")   \
    X(passed_no_socket, "either of them, but the queue has no ring: to the kernel")         \
    X(passed_control, "UDP to the gateway that is no WireGuard data: STUN, handshakes")     \
    X(passed_stranger, "ChannelData from a socket that is none of our relays")              \
    X(passed_elsewhere, "UDP to another address or port")                                   \
    X(passed_options, "fragments, IPv4 options, IPv6 extension headers")                    \
    X(passed_malformed, "lengths that disagree, or a wrong IPv4 header checksum")           \
    X(passed_other, "not UDP over IP")

enum fz_verdict {
#define FZ_VERDICT_NAME(name, help) fz_##name,
    FZ_VERDICTS(FZ_VERDICT_NAME)
#undef FZ_VERDICT_NAME
        FZ_VERDICT_COUNT
};

/* Frames by verdict, of one receive queue. */
struct fz_verdicts {
    __u64 frames[FZ_VERDICT_COUNT];
};

#ifdef __cplusplus
#define FZ_ASSERT_SIZE(type, size) static_assert(sizeof(type) == (size), #type)
#else
#define FZ_ASSERT_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type)
#endif
FZ_ASSERT_SIZE(struct fz_address, 16);
FZ_ASSERT_SIZE(struct fz_endpoint, 20);
FZ_ASSERT_SIZE(struct fz_verdicts, 9 * 8);
#undef FZ_ASSERT_SIZE
