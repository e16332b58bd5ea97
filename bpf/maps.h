/* Written by the gateway, read by the program; but for `verdicts`, which is the other way round. */
#pragma once

#include "abi.h"

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, FZ_MAX_ADDRESSES);
    __type(key, struct fz_address);
    __type(value, __u8);
} addresses SEC(".maps"); /* of this host */

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, FZ_MAX_PORTS);
    __type(key, __u32);
    __type(value, __be16);
} ports SEC(".maps"); /* of the gateway; 0 is none */

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, FZ_MAX_RELAYS);
    __type(key, struct fz_endpoint);
    __type(value, __u8);
} relays SEC(".maps"); /* the server sockets from which ChannelData comes */

struct {
    __uint(type, BPF_MAP_TYPE_XSKMAP);
    __uint(max_entries, FZ_MAX_QUEUES);
    __type(key, __u32);
    __type(value, __u32);
} sockets SEC(".maps"); /* by receive queue */

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, FZ_MAX_QUEUES);
    __type(key, __u32);
    __type(value, struct fz_verdicts);
} verdicts SEC(".maps"); /* by receive queue; the rest of the queues are not counted */
