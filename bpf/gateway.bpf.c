/* Steers the tunnel's data to the gateway's AF_XDP sockets; everything else passes to the kernel.
 *
 * Data is WireGuard data to one of our addresses and ports, bare or in ChannelData from one of our
 * relays. Nothing is dropped and nothing is changed here. A queue without a socket passes too, so
 * that the gateway's ordinary sockets take over by themselves.
 */
#include "classify.h"
#include "maps.h"

static __always_inline int is_port(__u32 i, __be16 port)
{
    const __be16 *ours = bpf_map_lookup_elem(&ports, &i);
    return ours && *ours == port && port != 0;
}

static __always_inline int is_ours(const struct datagram *datagram)
{
    const __be16 port = datagram->destination.port;
    return (is_port(0, port) || is_port(1, port)) &&
           bpf_map_lookup_elem(&addresses, &datagram->destination.address);
}

/* FZ_VERDICT_COUNT never comes back. */
static __always_inline enum fz_verdict judge(struct xdp_md *context)
{
    void *data = (void *)(long)context->data;
    void *end = (void *)(long)context->data_end;
    struct datagram datagram;

    const int refused = parse_frame(data, end, &datagram);
    if (refused != FZ_VERDICT_COUNT) return refused;
    if (!is_ours(&datagram)) return fz_passed_elsewhere;
    switch (content_of(&datagram, end)) {
    case content_data: return fz_steered_data;
    case content_channel_data:
        return bpf_map_lookup_elem(&relays, &datagram.source) ? fz_steered_channel_data
                                                              : fz_passed_stranger;
    default: return fz_passed_control;
    }
}

static __always_inline void count(__u32 queue, enum fz_verdict verdict)
{
    struct fz_verdicts *counters = bpf_map_lookup_elem(&verdicts, &queue);
    if (counters && verdict < FZ_VERDICT_COUNT) counters->frames[verdict]++;
}

SEC("xdp")
int steer(struct xdp_md *context)
{
    const __u32 queue = context->rx_queue_index;
    enum fz_verdict verdict = judge(context);
    int action = XDP_PASS;

    if (verdict == fz_steered_data || verdict == fz_steered_channel_data) {
        action = (int)bpf_redirect_map(&sockets, queue, XDP_PASS);
        if (action != XDP_REDIRECT) verdict = fz_passed_no_socket;
    }
    count(queue, verdict);
    return action;
}

char _license[] SEC("license") = "Apache-2.0";
