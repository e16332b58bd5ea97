// fz-load: the load generator. It plays Firezone clients without TUN devices against a real
// gateway.
//
//   fz-load MODE OPTION...     one JSON object on stdout, progress and complaints on stderr;
//                              exit status 0, 1 (it could not be measured), 2 (usage)
//
// It is started inside a client's network namespace, as root. tools/lab/load_setup.py prepares a
// lab for it, and knows every option below that depends on the lab (`LoadSetup.run(mode, ...)`).
//
// Steps: `identities` makes keys; the portal's control command
// `introduce_synthetic(identities=FILE, peers=FILE, resource=NAME)` turns them into a peers file;
// every other mode connects the peers. Take fresh identities for every run: a gateway remembers
// those it has seen.
//
// Peers (all modes but aead and tun-writes)
//   --peers FILE          as introduce_synthetic wrote it, one JSON object per line
//   --portal SOCKET       the portal's control socket: peers are authorised in portions while they
//                         connect (authorize_synthetic). Without it they are taken as authorised;
//                         a gateway gives up after 10 s without candidates
//   --gateway IP:PORT     the gateway's UDP socket
//   --count N             how many of the peers to use (default: all)
//   --sockets N           UDP sockets the peers are spread over (default: one per peer, at most 64)
// Everywhere
//   --seconds S           how long packets flow (default 5)
//   --cpu N               pins the process
//   --watch-pid PID       CPU time of this process (all threads) while packets flow, with what its
//                         system calls led to (forwarding, the veth pair)
//   --watch-cpus A,B,..   what these processors did while packets flow
//
// The resource's end (decrypt, encrypt, latency --load-gbit)
//   --sink-netns NAME     namespace of the resource: a name of `ip netns`, or a path
//   --sink-dev DEV        its interface towards the gateway (default eth0)
//   --destination IP      IPv4 address behind the gateway that the resource covers, that the
//   gateway
//                         has a permanent neighbour for, and that nobody answers from
//   --gateway-mac MAC     (encrypt) the gateway's end of that cable
//   --window N            most packets in flight, sent but not yet seen at the other end
//
// Frames one by one (decrypt, latency --load-gbit, steer, flood), past the kernel's UDP at the near
// end
//   --inject-netns NAME   namespace of what is plugged into the gateway: as --sink-netns
//   --inject-dev DEV      its interface towards the gateway, a veth
//   --inject-mac MAC      the gateway's end of that cable
//
//   identities --count N
//     {"identities": [{"private_key": "base64", "public_key": "base64"}, ...]}
//
//   connect
//     {"mode": "connect", "peers": n, "sockets": n, "connect_seconds": x, "authorize_seconds": x}
//     Connects, holds the connections for --seconds, and says how many were still alive
//     ("alive": n, by ICE checks answered).
//
//   decrypt --case tcp1|tcp8|udp84 [--per-peer K] [--burst B] [--no-gso] [--rate PPS] [--chunk-mb
//   M]
//           [--verify]
//     Pre-encrypted packets towards the resource: 1280-byte TCP segments of one flow or of eight
//     (per peer), or 84-byte UDP. Closed loop unless --rate. Peers take turns after K packets
//     (default: a whole train with one peer, else 1); flows of a peer after B packets (default 1).
//     A train is at most K packets of one peer, sent with UDP_SEGMENT; --no-gso sends one datagram
//     per message.
//     --verify compares every byte that arrives (whole packets are captured: slower).
//
//   encrypt --case tcp1|tcp8|udp84 [--per-peer K] [--rate PPS] [--verify]
//     The reverse: super-packets of the resource (udp84: single packets) towards the peers' tunnel
//     addresses; ciphertext is counted at the peers' sockets (--verify opens it, too).
//
//     Both print
//     {"mode": .., "case": .., "peers": n, "sockets": n, "connect_seconds": x,
//      "authorize_seconds": x,
//      "seconds": x          in which packets flowed (encryption ahead of time does not count)
//      "sent": n, "refused": n (of these, by the generator's own kernel),
//      "packets": n (arrived), "bytes": n (arrived, inner IP packets),
//      "lost": n, "reordered": n (arrived after a later one of its flow or session),
//      "corrupt": n | null   (null: not looked for; --verify does)
//      "pps": x, "gbit_per_s": x, of what arrived
//      "skbs": n             packets as the other end's kernel saw them
//      "segments_per_skb": x mean; in encrypt: messages of one session in a row in a UDP_GRO train
//      "single_share": x     part of all packets that arrived as an skb of their own
//      "stalls": n           the window stayed full for 0.2 s: what was in it was written off
//      "sink_drops": n       the generator's own capture overflowed: the run is void if not 0
//      "offered_pps": x      with --rate: what was really offered
//      "process_cpu_seconds": x | null, "watched_seconds": x, "cpus": [{"cpu": n, "user_s": x,
//      "system_s": x, "irq_s": x, "softirq_s": x, "idle_s": x}, ...]}
//      of what --watch-pid and --watch-cpus name
//
//   latency [--rate R] [--target IP] [--load-gbit G] [--plain]
//     ICMP echo requests to --target (a host that answers) through the first peer's tunnel, one at
//     a time, R a second (default 200). --load-gbit adds decrypt traffic of the other peers at a
//     fixed rate (needs --count 2 and the resource's end). --plain needs no peers: the same through
//     a raw socket over whatever route there is.
//     {"mode": "latency", "plain": bool, "sent": n, "answered": n, "min_us": x, "p50_us": x,
//      "p90_us": x, "p99_us": x, "p999_us": x, "max_us": x, "load": null | {as decrypt prints}}
//
//   aead
//     {"mode": "aead", "results": [{"provider": "openssl", "operation": "seal" | "open",
//      "size": bytes, "ns_per_packet": x, "gbit_per_s": x}, ...]}
//
//   tun-writes [--tun NAME] --destination IP
//     Writes one 84-byte UDP packet to --destination again and again into the TUN device NAME
//     (default fzload0; load_setup.py makes it in the gateway's namespace, where this mode runs).
//     {"mode": "tun-writes", "writes": n, "errors": n, "seconds": x, "ns_per_write": x}
//
//   steer --door xdp|socket --inject-.. [--reader-cpu N] --sink-netns NAME --sink-dev DEV
//         --destination IP
//     The receive stage alone. Frames of tunnel data for IP enter the cable to the sink one by one,
//     at most 192 on their way, and one thread on processor N (default 1) takes them in through an
//     AF_XDP ring or a socket with UDP_GRO, and drops them.
//     {"mode": "steer", "door": .., "sent": n, "packets": n (arrived), "lost": n, "seconds": x,
//      "pps": x, "process_cpu_seconds": .., "watched_seconds": x, "cpus": [..]}
//
//   flood --flood KIND --inject-.. --destination IP
//     Frames that a gateway at IP can do nothing with, from many senders, as fast as they go: KIND
//     is unknown-index (WireGuard data for nobody's session), spoofed-relay (such data in
//     ChannelData, from no relay), other-host (for another address), lengths (packets or datagrams
//     longer than their frames), fragments (first ones without a second), truncated (cut at every
//     byte).
//     {"mode": "flood", "kind": .., "sent": n, "seconds": x}
#include <sched.h>

#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "identity.h"
#include "modes.h"
#include "options.h"
#include "os/entropy.h"

namespace {

using fz::Error;
using fz::Expected;
using fz::load::JsonObject;
using fz::load::Options;

int complain(const Error& error, int status) {
    std::fprintf(stderr, "fz-load: %s\n", error.to_string().c_str());
    return status;
}

bool pin_to(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    return ::sched_setaffinity(0, sizeof set, &set) == 0;
}

int print_identities(const Options& options) {
    fz::crypto::Random random{fz::crypto::Secret{fz::os::random_seed()}};
    std::puts(fz::load::make_identities(options.count.value_or(1), random).c_str());
    return 0;
}

using Mode = Expected<JsonObject> (*)(const Options&);

const std::map<std::string_view, Mode> kModes{
    {"connect", fz::load::run_connect}, {"decrypt", fz::load::run_decrypt},
    {"encrypt", fz::load::run_encrypt}, {"latency", fz::load::run_latency},
    {"aead", fz::load::run_aead},       {"tun-writes", fz::load::run_tun_writes},
    {"steer", fz::load::run_steer},     {"flood", fz::load::run_flood},
};

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    const auto options = fz::load::parse_options(arguments);
    if (!options) return complain(options.error(), 2);
    if (options->mode == "identities") return print_identities(*options);
    const auto mode = kModes.find(options->mode);
    if (mode == kModes.end()) return complain(Error("no mode is called " + options->mode), 2);
    if (options->cpu && !pin_to(*options->cpu))
        return complain(Error("cannot run on processor " + std::to_string(*options->cpu)), 1);
    const auto result = mode->second(*options);
    if (!result) return complain(result.error(), 1);
    std::puts(result->str().c_str());
    return 0;
}
