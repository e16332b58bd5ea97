// Inner IP packets for tests, built the slow way and sharing no code with src/wire's parser.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "wire/ip_addr.h"

namespace fz::test {

using Buffer = std::vector<std::byte>;

inline wire::IpAddr ip(std::string_view text) { return wire::IpAddr::parse(text).value(); }

inline Buffer bytes_of(std::initializer_list<int> values) {
    Buffer out;
    for (const int value : values) out.push_back(static_cast<std::byte>(value));
    return out;
}

/// Hexadecimal digits; blanks are ignored.
inline Buffer hex(std::string_view text) {
    Buffer out;
    int high = -1;
    for (const char c : text) {
        if (c == ' ' || c == '\n') continue;
        const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
        if (high >= 0) out.push_back(static_cast<std::byte>(high << 4 | digit));
        high = high >= 0 ? -1 : digit;
    }
    return out;
}

inline void put16(Buffer& out, std::size_t value) {
    out.push_back(static_cast<std::byte>(value >> 8 & 0xff));
    out.push_back(static_cast<std::byte>(value & 0xff));
}
inline void append(Buffer& out, Bytes more) { out.insert(out.end(), more.begin(), more.end()); }

/// RFC 1071 as a schoolbook sum: one word at a time, the carry brought round at once.
inline std::uint16_t slow_checksum(Bytes bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto value = std::to_integer<std::uint32_t>(bytes[i]);
        sum += i % 2 == 0 ? value << 8 : value;
        if (sum > 0xffff) sum -= 0xffff;
    }
    return static_cast<std::uint16_t>(~sum & 0xffff);
}

struct V4Fields {
    int tos = 0;
    std::size_t fragment = 0x4000;  ///< flags and offset; DF
    Buffer options{};
};

inline Buffer ipv4(const wire::IpAddr& src, const wire::IpAddr& dst, int protocol, Bytes payload,
                   const V4Fields& fields = {}) {
    const std::size_t header = 20 + fields.options.size();
    Buffer out = bytes_of({static_cast<int>(0x40 | header / 4), fields.tos});
    put16(out, header + payload.size());
    put16(out, 0x1234);
    put16(out, fields.fragment);
    append(out, bytes_of({64, protocol, 0, 0}));
    append(out, src.bytes());
    append(out, dst.bytes());
    append(out, fields.options);
    const std::uint16_t checksum = slow_checksum(out);
    out[10] = static_cast<std::byte>(checksum >> 8);
    out[11] = static_cast<std::byte>(checksum & 0xff);
    append(out, payload);
    return out;
}

inline Buffer ipv6(const wire::IpAddr& src, const wire::IpAddr& dst, int next_header, Bytes payload,
                   int traffic_class = 0) {
    Buffer out =
        bytes_of({0x60 | traffic_class >> 4, (traffic_class & 0xf) << 4 | 0xa, 0xbc, 0xde});
    put16(out, payload.size());
    append(out, bytes_of({next_header, 64}));
    append(out, src.bytes());
    append(out, dst.bytes());
    append(out, payload);
    return out;
}

/// Of the addresses' family.
inline Buffer packet(std::string_view src, std::string_view dst, int protocol, Bytes payload) {
    return ip(src).is_v4() ? ipv4(ip(src), ip(dst), protocol, payload)
                           : ipv6(ip(src), ip(dst), protocol, payload);
}

// Transport headers; checksums are left zero, for nothing under test reads them.

inline Buffer udp(std::size_t src_port, std::size_t dst_port, std::size_t payload = 0) {
    Buffer out;
    put16(out, src_port);
    put16(out, dst_port);
    put16(out, 8 + payload);
    put16(out, 0);
    out.resize(8 + payload);
    return out;
}

inline Buffer tcp(std::size_t src_port, std::size_t dst_port, std::size_t payload = 0) {
    Buffer out;
    put16(out, src_port);
    put16(out, dst_port);
    out.resize(20 + payload);
    out[12] = std::byte{0x50};
    return out;
}

inline Buffer icmp(int type, int code, std::size_t id = 0, Bytes rest = {}) {
    Buffer out = bytes_of({type, code, 0, 0});
    put16(out, id);
    put16(out, 1);
    append(out, rest);
    return out;
}

inline constexpr int kTcp = 6;
inline constexpr int kUdp = 17;
inline constexpr int kIcmp = 1;
inline constexpr int kIcmpV6 = 58;

}  // namespace fz::test
