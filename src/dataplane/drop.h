// Every reason for which the data plane loses a packet, with its name and its explanation.
//
// One list yields the enumerator, the counter and the text: a drop cannot exist without a name.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

// clang-format off
#define FZ_DROPS(X)                                                                                   \
    /* network to resource */                                                                         \
    X(oversized,           "a datagram longer than any that a tunnel sends (1316 bytes)")             \
    X(unaddressed,         "a datagram of which the kernel did not say where it was sent to")         \
    X(malformed_frame,     "a frame in an XDP ring that is no UDP over IP; its program steers none")  \
    X(ring_full,           "a frame that found its XDP ring full: the worker did not keep up")         \
    X(ring_starved,        "a frame that found its XDP ring without a buffer that could hold it")      \
    X(unknown_channel,     "ChannelData on a channel that is not bound")                              \
    X(unknown_session,     "WireGuard data for a receiver index that no session has")                 \
    X(session_expired,     "WireGuard data on a session past its time or message limit")              \
    X(replayed,            "WireGuard data with a counter that was seen before or is too old")        \
    X(bad_tag,             "WireGuard data that does not authenticate")                               \
    X(malformed_inner,     "decrypted bytes that are not a well-formed IP packet")                    \
    X(source_not_client,   "source address is not the client's; answered prohibited")                 \
    X(no_resource,         "no resource of the client covers the destination; answered prohibited")   \
    X(filtered,            "the resource's filters exclude the port or protocol; answered prohibited") \
    X(hairpin,             "destination lies in the tunnel range; answered prohibited")               \
    X(private_destination, "the Internet resource does not reach special networks; answered unreachable") \
    X(multicast,           "multicast and broadcast are not forwarded")                               \
    X(no_access,           "the client has no authorization at all")                                  \
    X(tun_refused,         "the TUN device did not take the packet")                                  \
    X(control_busy,        "STUN, TURN or a handshake that found the control thread's mailbox full")   \
    /* resource to network */                                                                         \
    X(malformed_outer,     "a packet from the TUN device that is not well-formed IP")                 \
    X(not_a_peer,          "destination is not in the tunnel range")                                  \
    X(unknown_peer,        "no connected client has this tunnel address")                             \
    X(not_for_client,      "the packet's destination is not the client's present address")             \
    X(reply_filtered,      "no resource of the client permits this reply")                            \
    X(no_session,          "no usable WireGuard session with the client")                             \
    X(no_path,             "no nominated network path to the client")                                 \
    X(socket_refused,      "the UDP socket did not take the datagram")
// clang-format on

namespace fz::dataplane {

enum class Drop : std::uint8_t {
#define FZ_DROP_ENUMERATOR(name, help) name,
    FZ_DROPS(FZ_DROP_ENUMERATOR)
#undef FZ_DROP_ENUMERATOR
        count_
};

inline constexpr std::size_t kDropCount = static_cast<std::size_t>(Drop::count_);

struct DropText {
    std::string_view name;
    std::string_view help;
};

inline constexpr std::array<DropText, kDropCount> kDropTexts{{
#define FZ_DROP_TEXT(name, help) DropText{#name, help},
    FZ_DROPS(FZ_DROP_TEXT)
#undef FZ_DROP_TEXT
}};

}  // namespace fz::dataplane
