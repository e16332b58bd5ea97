// Frames as they arrive at a gateway, and what must become of each.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bpf/abi.h"
#include "unit/wire/packets.h"
#include "wire/train.h"

namespace fz::test {

inline constexpr std::size_t kOurPort = 52625;
inline const wire::SocketAddr kRelay{ip("192.0.2.10"), 3478};
inline const wire::SocketAddr kRelayV6{ip("2001:db8:10::10"), 3478};

/// Destination and source address, `tags` of 802.1Q or 802.1ad, then the packet.
inline Buffer ethernet(int ethertype, Bytes packet, const std::vector<int>& tags = {}) {
    Buffer out = bytes_of({2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2});
    for (const int tag : tags) {
        put16(out, static_cast<std::size_t>(tag));
        put16(out, 42);  // VLAN 42
    }
    put16(out, static_cast<std::size_t>(ethertype));
    append(out, packet);
    return out;
}

/// A WireGuard data message of `size` bytes.
inline Buffer data_message(std::size_t size = 96) {
    Buffer out = bytes_of({4, 0, 0, 0});
    while (out.size() < size) out.push_back(static_cast<std::byte>(out.size()));
    return out;
}

inline Buffer channel_data(Bytes payload, std::size_t padding = 0, std::size_t channel = 0x4001) {
    Buffer out;
    put16(out, channel);
    put16(out, payload.size());
    append(out, payload);
    out.resize(out.size() + padding);
    return out;
}

inline Buffer udp_with(std::size_t source, std::size_t destination, Bytes payload) {
    Buffer out;
    put16(out, source);
    put16(out, destination);
    put16(out, 8 + payload.size());
    put16(out, 0);
    append(out, payload);
    return out;
}

struct Sent {
    std::string_view source = "203.0.113.5";
    std::string_view destination = "198.51.100.1";  ///< one of ours
    std::size_t source_port = 40000;
    std::size_t port = kOurPort;
};

inline Buffer v4_frame(Bytes payload, const Sent& sent = {}, const V4Fields& fields = {}) {
    return ethernet(0x0800, ipv4(ip(sent.source), ip(sent.destination), kUdp,
                                 udp_with(sent.source_port, sent.port, payload), fields));
}

inline constexpr Sent kSentV6{.source = "2001:db8::5", .destination = "2001:db8::1"};

struct V6Fields {
    int traffic_class = 0;
    int extension = kUdp;  ///< the type of the one header between IPv6 and UDP, if there is any
    Buffer extension_header{};
};

/// With a UDP checksum, without which the kernel takes no IPv6 (RFC 8200 8.1).
inline Buffer v6_frame(Bytes payload, const Sent& sent = kSentV6, const V6Fields& fields = {}) {
    Buffer udp = udp_with(sent.source_port, sent.port, payload);
    Buffer summed;
    append(summed, ip(sent.source).bytes());
    append(summed, ip(sent.destination).bytes());
    for (const std::size_t word : {std::size_t{0}, udp.size(), std::size_t{0}, std::size_t{kUdp}})
        put16(summed, word);
    append(summed, udp);
    const std::uint16_t sum = slow_checksum(summed);
    udp[6] = static_cast<std::byte>(sum == 0 ? 0xff : sum >> 8);
    udp[7] = static_cast<std::byte>(sum == 0 ? 0xff : sum & 0xff);
    Buffer inside = fields.extension_header;
    append(inside, udp);
    return ethernet(0x86dd, ipv6(ip(sent.source), ip(sent.destination), fields.extension, inside,
                                 fields.traffic_class));
}

struct FrameCase {
    std::string name;
    Buffer frame;
    fz_verdict verdict;
};

/// With 198.51.100.1 and 2001:db8::1 ours, port kOurPort, and kRelay.
inline std::vector<FrameCase> frame_cases() {
    const Buffer data = data_message();
    const Sent from_relay{.source = "192.0.2.10", .source_port = 3478};
    const auto changed = [](Buffer frame, std::size_t at, int value) {
        frame.at(at) = static_cast<std::byte>(value);
        return frame;
    };
    const auto padded = [](Buffer frame) {
        frame.resize(frame.size() + 18);
        return frame;
    };
    const auto tagged = [&](const std::vector<int>& tags) {
        return ethernet(0x0800, Bytes(v4_frame(data)).subspan(14), tags);
    };
    const auto v6_next = [&](int next) {
        return ethernet(0x86dd, ipv6(ip("2001:db8::5"), ip("2001:db8::1"), next, data));
    };
    constexpr std::size_t kV4 = 14, kV6 = 14, kV4Udp = kV4 + 20, kV6Udp = kV6 + 40;
    return {
        {"DataOverIpv4", v4_frame(data), fz_steered_data},
        {"DataOverIpv6", v6_frame(data), fz_steered_data},
        {"DataWithEcn", v4_frame(data, {}, {.tos = 3}), fz_steered_data},
        {"DataInAVlan", tagged({0x8100}), fz_steered_data},
        {"DataInAVlanInAVlan", tagged({0x88a8, 0x8100}), fz_steered_data},
        {"DataInThreeVlans", tagged({0x88a8, 0x8100, 0x8100}), fz_passed_other},
        {"DataInAPaddedFrame", padded(v4_frame(data)), fz_steered_data},
        {"KeepaliveIsData", v4_frame(data_message(32)), fz_steered_data},
        {"ShorterThanATag", v4_frame(data_message(31)), fz_passed_control},
        {"ReservedBytesAreUsed", v4_frame(changed(data, 2, 1)), fz_passed_control},
        {"HandshakeInitiation", v4_frame(changed(data, 0, 1)), fz_passed_control},
        {"HandshakeResponse", v4_frame(changed(data, 0, 2)), fz_passed_control},
        {"CookieReply", v4_frame(changed(data, 0, 3)), fz_passed_control},
        {"Stun", v4_frame(hex("0001 0000 2112a442 000000000000000000000000")), fz_passed_control},
        {"LongestData", v4_frame(data_message(1316)), fz_steered_data},
        {"LongerThanAnyTunnelSends", v4_frame(data_message(1317)), fz_passed_control},
        {"LongerOverIpv6", v6_frame(data_message(1317)), fz_passed_control},
        {"JumboFrame", v4_frame(data_message(3000)), fz_passed_control},
        {"JumboChannelData", v4_frame(channel_data(data_message(3000)), from_relay),
         fz_passed_control},
        {"NoPayload", v4_frame({}), fz_passed_control},

        {"ChannelDataFromARelay", v4_frame(channel_data(data), from_relay),
         fz_steered_channel_data},
        {"ChannelDataWithPadding", v4_frame(channel_data(data, 3), from_relay),
         fz_steered_channel_data},
        {"ChannelDataWithMoreBehindIt", v4_frame(channel_data(data, 4), from_relay),
         fz_passed_control},
        {"ChannelDataLongerThanTheDatagram",
         v4_frame(changed(channel_data(data), 3, 97), from_relay), fz_passed_control},
        {"ChannelDataOnNoChannel", v4_frame(channel_data(data, 0, 0x5000), from_relay),
         fz_passed_control},
        {"ChannelDataWithAHandshake", v4_frame(channel_data(changed(data, 0, 1)), from_relay),
         fz_passed_control},
        {"ChannelDataFromAStranger", v4_frame(channel_data(data)), fz_passed_stranger},
        {"ChannelDataFromTheRelaysOtherPort",
         v4_frame(channel_data(data), {.source = "192.0.2.10", .source_port = 3479}),
         fz_passed_stranger},

        {"AnotherHost", v4_frame(data, {.destination = "198.51.100.2"}), fz_passed_elsewhere},
        {"AnotherHostOverIpv6",
         v6_frame(data, {.source = "2001:db8::5", .destination = "2001:db8::2"}),
         fz_passed_elsewhere},
        {"AnotherPort", v4_frame(data, {.port = 52626}), fz_passed_elsewhere},
        {"Multicast", v4_frame(data, {.destination = "224.0.0.1"}), fz_passed_elsewhere},

        {"Ipv4Options", v4_frame(data, {}, {.options = hex("01010101")}), fz_passed_options},
        {"FirstFragment", v4_frame(data, {}, {.fragment = 0x2000}), fz_passed_options},
        {"LaterFragment", v4_frame(data, {}, {.fragment = 0x0010}), fz_passed_options},
        {"Ipv6HopByHop", v6_next(0), fz_passed_options},
        {"Ipv6Routing", v6_next(43), fz_passed_options},
        {"Ipv6Fragment", v6_next(44), fz_passed_options},
        {"Ipv6DestinationOptions", v6_next(60), fz_passed_options},

        {"Ipv4LongerThanTheFrame", changed(v4_frame(data), kV4 + 3, 125), fz_passed_malformed},
        {"Ipv4ShorterThanItsHeader", changed(v4_frame(data), kV4 + 3, 19), fz_passed_malformed},
        {"Ipv4ChecksumIsWrong", changed(v4_frame(data), kV4 + 11, 0), fz_passed_malformed},
        {"Ipv4SaysItIsIpv6", changed(v4_frame(data), kV4, 0x65), fz_passed_malformed},
        {"Ipv6SaysItIsIpv4", changed(v6_frame(data), kV6, 0x40), fz_passed_malformed},
        {"Ipv6LongerThanTheFrame", changed(v6_frame(data), kV6 + 5, 105), fz_passed_malformed},
        {"UdpLongerThanIpv4", changed(v4_frame(data), kV4Udp + 5, 105), fz_passed_malformed},
        {"UdpShorterThanIpv4", changed(v4_frame(data), kV4Udp + 5, 103), fz_passed_malformed},
        {"UdpShorterThanItsHeader", changed(v4_frame(data), kV4Udp + 5, 7), fz_passed_malformed},
        {"UdpLongerThanIpv6", changed(v6_frame(data), kV6Udp + 5, 105), fz_passed_malformed},

        {"Tcp", ethernet(0x0800, ipv4(ip("203.0.113.5"), ip("198.51.100.1"), 6, data)),
         fz_passed_other},
        {"Icmp", ethernet(0x0800, ipv4(ip("203.0.113.5"), ip("198.51.100.1"), 1, data)),
         fz_passed_other},
        {"Icmpv6", v6_next(58), fz_passed_other},
        {"Arp", ethernet(0x0806, hex("0001 0800 0604 0001")), fz_passed_other},
        {"NothingBehindEthernet", ethernet(0x1234, {}), fz_passed_other},
    };
}

}  // namespace fz::test
