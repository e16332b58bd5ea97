/* From a frame to its UDP payload: Ethernet with up to two VLAN tags, IPv4 without options or IPv6
 * without extension headers, UDP. Whatever else arrives is the kernel's business.
 *
 * Lengths come from the headers, not from the frame, which may be padded. Every check is against
 * the end of the frame before a byte is read.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "abi.h"

struct datagram {
    struct fz_endpoint source;
    struct fz_endpoint destination;
    void *payload;
    __u32 payload_length; /* bytes; those from `payload` to the frame's end are at least as many */
};

struct vlan_tag {
    __be16 tci;
    __be16 ethertype;
};

static __always_inline void set_ipv4(struct fz_address *address, __be32 ipv4)
{
    __builtin_memset(address->bytes, 0, 10);
    __builtin_memset(address->bytes + 10, 0xff, 2);
    __builtin_memcpy(address->bytes + 12, &ipv4, 4);
}

/* RFC 1071 over the 20 bytes of a header without options. */
static __always_inline int ipv4_checksum_is_right(const struct iphdr *ip)
{
    const __u16 *words = (const __u16 *)ip;
    __u32 sum = 0;
#pragma unroll
    for (int i = 0; i < 10; i++) sum += words[i];
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

/* The network header, behind at most two VLAN tags; *ethertype is 0 if the frame ends before it. */
static __always_inline void *parse_ethernet(void *data, void *end, __be16 *ethertype)
{
    struct ethhdr *ethernet = data;
    void *next = ethernet + 1;

    *ethertype = 0;
    if (next > end) return next;
    __be16 type = ethernet->h_proto;
#pragma unroll
    for (int i = 0; i < 2; i++) {
        struct vlan_tag *tag = next;
        if (type != bpf_htons(ETH_P_8021Q) && type != bpf_htons(ETH_P_8021AD)) break;
        next = tag + 1;
        if (next > end) return next;
        type = tag->ethertype;
    }
    *ethertype = type;
    return next;
}

/* The verifiers of older kernels (6.1, 6.12, 6.18.15) forget that a swapped 16-bit number is one and
   refuse to add it to a pointer. The compiler does not, so the mask must be hidden from it. */
static __always_inline __u32 number16(__be16 value)
{
    __u32 number = bpf_ntohs(value);
    asm volatile("" : "+r"(number));
    return number & 0xffff;
}

/* These three return FZ_VERDICT_COUNT to go on, or why not. */

static __always_inline int parse_udp(struct udphdr *udp, __u32 room, void *end,
                                     struct datagram *into)
{
    if ((void *)(udp + 1) > end) return fz_passed_malformed;
    if (bpf_ntohs(udp->len) != room || room < sizeof *udp) return fz_passed_malformed;
    into->source.port = udp->source;
    into->source.zero = 0;
    into->destination.port = udp->dest;
    into->destination.zero = 0;
    into->payload = udp + 1;
    into->payload_length = room - sizeof *udp;
    return FZ_VERDICT_COUNT;
}

static __always_inline int parse_ipv4(struct iphdr *ip, void *end, struct datagram *into)
{
    if ((void *)(ip + 1) > end) return fz_passed_malformed;
    if (ip->protocol != IPPROTO_UDP) return fz_passed_other;
    if (ip->ihl != 5 || (ip->frag_off & bpf_htons(0x3fff)) != 0) return fz_passed_options;
    const __u32 length = number16(ip->tot_len);
    if (ip->version != 4 || length < sizeof *ip || (void *)ip + length > end ||
        !ipv4_checksum_is_right(ip))
        return fz_passed_malformed;
    set_ipv4(&into->source.address, ip->saddr);
    set_ipv4(&into->destination.address, ip->daddr);
    return parse_udp((void *)(ip + 1), length - sizeof *ip, end, into);
}

static __always_inline int parse_ipv6(struct ipv6hdr *ip, void *end, struct datagram *into)
{
    if ((void *)(ip + 1) > end) return fz_passed_malformed;
    switch (ip->nexthdr) {
    case IPPROTO_UDP: break;
    case IPPROTO_HOPOPTS:
    case IPPROTO_ROUTING:
    case IPPROTO_FRAGMENT:
    case IPPROTO_DSTOPTS: return fz_passed_options;
    default: return fz_passed_other;
    }
    const __u32 length = number16(ip->payload_len);
    if (ip->version != 6 || (void *)(ip + 1) + length > end) return fz_passed_malformed;
    __builtin_memcpy(into->source.address.bytes, &ip->saddr, 16);
    __builtin_memcpy(into->destination.address.bytes, &ip->daddr, 16);
    return parse_udp((void *)(ip + 1), length, end, into);
}

static __always_inline int parse_frame(void *data, void *end, struct datagram *into)
{
    __be16 ethertype;
    void *network = parse_ethernet(data, end, &ethertype);
    if (ethertype == bpf_htons(ETH_P_IP)) return parse_ipv4(network, end, into);
    if (ethertype == bpf_htons(ETH_P_IPV6)) return parse_ipv6(network, end, into);
    return fz_passed_other;
}
