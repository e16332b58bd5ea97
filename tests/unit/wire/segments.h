// TCP and UDP packets of a flow with right checksums, and the slow way to undo a merge: shares no
// code with src/wire's segmenter or coalescer.
#pragma once

#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "base/endian.h"
#include "unit/wire/packets.h"
#include "wire/offload.h"

namespace fz::test {

struct TcpFields {
    std::uint32_t sequence = 1000;
    std::uint32_t acknowledgment = 5000;
    int flags = 0x10;  // ACK
    int window = 501;
    Buffer options{};
    std::size_t src_port = 40000;
};

struct IpFields {
    bool v4 = true;
    int tos = 0;
    int ttl = 64;
    std::size_t id = 1;
    bool dont_fragment = true;
    int flow_label = 0;
    Buffer options{};
    int host = 2;  ///< of the source: 100.64.0.<host>
};

/// RFC 9293 3.1 and RFC 768: the checksum over the pseudo header.
inline std::uint16_t slow_transport_checksum(Bytes src, Bytes dst, int protocol, Bytes segment) {
    Buffer pseudo(src.begin(), src.end());
    append(pseudo, dst);
    put16(pseudo, 0);
    put16(pseudo, segment.size());
    put16(pseudo, 0);
    put16(pseudo, static_cast<std::size_t>(protocol));
    append(pseudo, segment);
    return slow_checksum(pseudo);
}

inline wire::IpAddr client_of(const IpFields& fields) {
    return ip((fields.v4 ? "100.64.0." : "fd00:2021:1111::") + std::to_string(fields.host));
}
inline wire::IpAddr server_of(const IpFields& fields) {
    return ip(fields.v4 ? "10.1.2.3" : "2001:db8::3");
}

/// Around a transport segment whose checksum field lies at `checksum_at` and is still zero.
inline Buffer around(const IpFields& fields, int protocol, Buffer transport,
                     std::size_t checksum_at) {
    const auto src = client_of(fields);
    const auto dst = server_of(fields);
    const std::uint16_t sum =
        slow_transport_checksum(src.bytes(), dst.bytes(), protocol, transport);
    store_be(transport.data() + checksum_at, sum);
    Buffer packet;
    if (fields.v4) {
        packet = ipv4(src, dst, protocol, transport,
                      {.tos = fields.tos,
                       .fragment = fields.dont_fragment ? 0x4000U : 0U,
                       .options = fields.options});
        packet[8] = static_cast<std::byte>(fields.ttl);
        store_be(packet.data() + 4, static_cast<std::uint16_t>(fields.id));
        store_be(packet.data() + 10, std::uint16_t{0});
        const std::size_t header = 20 + fields.options.size();
        store_be(packet.data() + 10, slow_checksum(Bytes(packet).first(header)));
    } else {
        packet = ipv6(src, dst, protocol, transport, fields.tos);
        packet[7] = static_cast<std::byte>(fields.ttl);
        packet[3] = static_cast<std::byte>(fields.flow_label);
    }
    return packet;
}

inline Buffer tcp_packet(const TcpFields& tcp, std::string_view payload,
                         const IpFields& fields = {}) {
    Buffer transport;
    put16(transport, tcp.src_port);
    put16(transport, 443);
    put16(transport, tcp.sequence >> 16);
    put16(transport, tcp.sequence & 0xffff);
    put16(transport, tcp.acknowledgment >> 16);
    put16(transport, tcp.acknowledgment & 0xffff);
    const std::size_t header = 20 + tcp.options.size();
    append(transport, bytes_of({static_cast<int>(header / 4 << 4), tcp.flags}));
    put16(transport, static_cast<std::size_t>(tcp.window));
    put16(transport, 0);
    put16(transport, 0);
    append(transport, tcp.options);
    append(transport, as_bytes(payload));
    return around(fields, kTcp, std::move(transport), 16);
}

inline Buffer udp_packet(std::string_view payload, const IpFields& fields = {},
                         std::size_t src_port = 40000) {
    Buffer transport;
    put16(transport, src_port);
    put16(transport, 53);
    put16(transport, 8 + payload.size());
    put16(transport, 0);
    append(transport, as_bytes(payload));
    return around(fields, kUdp, std::move(transport), 6);
}

inline Buffer icmp_echo(std::size_t id) {
    return ipv4(ip("100.64.0.2"), ip("10.1.2.3"), kIcmp, icmp(8, 0, id));
}

/// What the kernel makes of a merged packet: segment by segment, from the text of the standards.
inline std::vector<Buffer> slow_segments(const Buffer& packet, const wire::Offload& offload) {
    if (offload.kind == wire::Offload::Kind::none) return {packet};
    const bool v4 = (packet[0] & std::byte{0xf0}) == std::byte{0x40};
    const std::size_t ip_size = v4 ? 20 : 40;
    const bool tcp = offload.kind != wire::Offload::Kind::udp;
    const std::size_t header =
        ip_size + (tcp ? std::to_integer<std::size_t>(packet[ip_size + 12]) >> 4 << 2 : 8);
    std::vector<Buffer> segments;
    for (std::size_t at = header; at < packet.size(); at += offload.segment_size) {
        const std::size_t size = std::min<std::size_t>(offload.segment_size, packet.size() - at);
        const bool last = at + size == packet.size();
        Buffer transport(packet.begin() + static_cast<std::ptrdiff_t>(ip_size),
                         packet.begin() + static_cast<std::ptrdiff_t>(header));
        append(transport, Bytes(packet).subspan(at, size));
        if (tcp) {
            const auto sequence = load_be<std::uint32_t>(transport.data() + 4);
            store_be(transport.data() + 4, static_cast<std::uint32_t>(sequence + at - header));
            if (!last) transport[13] &= ~std::byte{0x09};  // FIN, PSH
        } else {
            store_be(transport.data() + 4, static_cast<std::uint16_t>(transport.size()));
        }
        const std::size_t checksum_at = tcp ? 16 : 6;
        store_be(transport.data() + checksum_at, std::uint16_t{0});
        const Bytes addresses = Bytes(packet).subspan(v4 ? 12 : 8, v4 ? 8 : 32);
        const std::size_t half = addresses.size() / 2;
        store_be(transport.data() + checksum_at,
                 slow_transport_checksum(addresses.first(half), addresses.subspan(half),
                                         tcp ? kTcp : kUdp, transport));
        Buffer segment(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(ip_size));
        if (v4) {
            store_be(segment.data() + 2, static_cast<std::uint16_t>(ip_size + transport.size()));
            const auto id = load_be<std::uint16_t>(segment.data() + 4);
            store_be(segment.data() + 4, static_cast<std::uint16_t>(id + segments.size()));
            store_be(segment.data() + 10, std::uint16_t{0});
            store_be(segment.data() + 10, slow_checksum(segment));
        } else {
            store_be(segment.data() + 4, static_cast<std::uint16_t>(transport.size()));
        }
        append(segment, transport);
        segments.push_back(std::move(segment));
    }
    return segments;
}

}  // namespace fz::test
