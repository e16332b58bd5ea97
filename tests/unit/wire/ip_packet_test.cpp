#include "wire/ip_packet.h"

#include <gtest/gtest.h>

#include "unit/wire/packets.h"

namespace fz::wire {
namespace {

using test::Buffer;
using test::bytes_of;
using test::icmp;
using test::ip;
using test::ipv4;
using test::ipv6;
using test::kIcmp;
using test::kIcmpV6;
using test::kTcp;
using test::kUdp;
using test::tcp;
using test::udp;
using Kind = Flow::Kind;

const IpAddr kClient4 = ip("100.64.0.1");
const IpAddr kServer4 = ip("10.1.2.3");
const IpAddr kClient6 = ip("fd00:2021:1111::1");
const IpAddr kServer6 = ip("2001:db8::3");

Buffer v4(int protocol, Bytes payload, const test::V4Fields& fields = {}) {
    return ipv4(kClient4, kServer4, protocol, payload, fields);
}
Buffer v6(int next_header, Bytes payload) { return ipv6(kClient6, kServer6, next_header, payload); }
Buffer concat(Bytes a, Bytes b) {
    Buffer out(a.begin(), a.end());
    test::append(out, b);
    return out;
}

std::optional<ParseDrop> drop_of(Bytes packet) {
    auto parsed = IpPacketView::parse(packet);
    if (parsed) return std::nullopt;
    return parsed.error();
}
Flow flow_of(Bytes packet) { return IpPacketView::parse(packet).value().flow(); }

TEST(IpPacket, ShowsAUdpPacket) {
    const Buffer bytes = v4(kUdp, udp(4000, 53, 11), {.tos = 0xb9});
    const auto packet = IpPacketView::parse(bytes).value();
    EXPECT_EQ(packet.family(), Family::v4);
    EXPECT_EQ(packet.src(), kClient4);
    EXPECT_EQ(packet.dst(), kServer4);
    EXPECT_EQ(packet.traffic_class(), 0xb9);
    EXPECT_EQ(packet.ecn(), Ecn::ect1);
    EXPECT_EQ(packet.protocol(), 17);
    EXPECT_EQ(packet.header_length(), 20u);
    EXPECT_EQ(packet.transport_offset(), 20u);
    EXPECT_EQ(packet.transport().size(), 19u);
    EXPECT_EQ(packet.flow(), (Flow{Kind::udp, 4000, 53}));
}

TEST(IpPacket, ShowsATcpPacketOfIpv6) {
    const Buffer bytes = ipv6(kClient6, kServer6, kTcp, tcp(50000, 443), 0xb9);
    const auto packet = IpPacketView::parse(bytes).value();
    EXPECT_EQ(packet.family(), Family::v6);
    EXPECT_EQ(packet.src(), kClient6);
    EXPECT_EQ(packet.dst(), kServer6);
    EXPECT_EQ(packet.traffic_class(), 0xb9);
    EXPECT_EQ(packet.header_length(), 40u);
    EXPECT_EQ(packet.transport_offset(), 40u);
    EXPECT_EQ(packet.flow(), (Flow{Kind::tcp, 50000, 443}));
}

TEST(IpPacket, ClassifiesIcmp) {
    EXPECT_EQ(flow_of(v4(kIcmp, icmp(8, 0, 77))), (Flow{Kind::echo_request, 77, 77}));
    EXPECT_EQ(flow_of(v4(kIcmp, icmp(0, 0, 77))), (Flow{Kind::echo_reply, 77, 77}));
    EXPECT_EQ(flow_of(v6(kIcmpV6, icmp(128, 0, 77))), (Flow{Kind::echo_request, 77, 77}));
    EXPECT_EQ(flow_of(v6(kIcmpV6, icmp(129, 0, 77))), (Flow{Kind::echo_reply, 77, 77}));
    EXPECT_EQ(flow_of(v4(kIcmp, icmp(8, 1, 77))).kind, Kind::icmp_other);
    EXPECT_EQ(flow_of(v6(kIcmpV6, icmp(129, 1, 77))).kind, Kind::icmp_other);
    for (const int type : {3, 4, 5, 11, 12})
        EXPECT_EQ(flow_of(v4(kIcmp, icmp(type, 0))).kind, Kind::icmp_error) << type;
    for (const int type : {9, 10, 13, 14, 128, 129})
        EXPECT_EQ(flow_of(v4(kIcmp, icmp(type, 0))).kind, Kind::icmp_other) << type;
    for (const int type : {0, 1, 2, 3, 4, 8, 127})
        EXPECT_EQ(flow_of(v6(kIcmpV6, icmp(type, 0))).kind, Kind::icmp_error) << type;
    for (const int type : {130, 135, 143, 255})
        EXPECT_EQ(flow_of(v6(kIcmpV6, icmp(type, 0))).kind, Kind::icmp_other) << type;
}

TEST(IpPacket, LeavesOtherProtocolsUnparsed) {
    for (const int protocol : {2, 47, 50, 132, 59, 135, 255}) {
        EXPECT_EQ(flow_of(v4(protocol, {})), Flow{}) << protocol;
        EXPECT_EQ(flow_of(v6(protocol, bytes_of({1}))), Flow{}) << protocol;
    }
    EXPECT_EQ(flow_of(v4(51, bytes_of({6, 4}))), Flow{});  // an AH of IPv4 is not looked through
}

TEST(IpPacket, RefusesWhatIsNotIp) {
    EXPECT_EQ(drop_of({}), ParseDrop::bad_header);
    for (const int first : {0x00, 0x35, 0x55, 0x75, 0xf5}) {
        Buffer bytes = v4(kUdp, udp(1, 2));
        bytes[0] = static_cast<std::byte>(first);
        EXPECT_EQ(drop_of(bytes), ParseDrop::bad_header) << first;
    }
}

TEST(IpPacket, RefusesEveryTruncation) {
    for (const Buffer& whole : {v4(kTcp, tcp(1, 2, 5)), v6(kUdp, udp(1, 2, 5))})
        for (std::size_t size = 0; size < whole.size(); ++size)
            EXPECT_FALSE(IpPacketView::parse(Bytes(whole).first(size))) << size;
}

TEST(IpPacket, RefusesTrailingBytes) {
    EXPECT_EQ(drop_of(concat(v4(kUdp, udp(1, 2)), bytes_of({0}))), ParseDrop::bad_length);
    EXPECT_EQ(drop_of(concat(v6(kUdp, udp(1, 2)), bytes_of({0}))), ParseDrop::bad_length);
}

TEST(IpPacket, AnIpv6PayloadLengthOfZeroIsNoJumbogram) {
    Buffer bytes = v6(kUdp, udp(1, 2));
    bytes[4] = bytes[5] = std::byte{0};
    EXPECT_EQ(drop_of(bytes), ParseDrop::bad_length);
    EXPECT_EQ(flow_of(v6(59, {})), Flow{});
}

TEST(IpPacket, Takes1280BytesAndNotOneMore) {
    EXPECT_FALSE(drop_of(v4(kUdp, udp(1, 2, 1280 - 28))));
    EXPECT_EQ(drop_of(v4(kUdp, udp(1, 2, 1281 - 28))), ParseDrop::too_long);
    EXPECT_FALSE(drop_of(v6(kTcp, tcp(1, 2, 1280 - 60))));
    EXPECT_EQ(drop_of(v6(kTcp, tcp(1, 2, 1281 - 60))), ParseDrop::too_long);
}

TEST(IpPacket, ReadsTheTransportBehindIpv4Options) {
    const Buffer bytes = v4(kUdp, udp(7, 9), {.options = Buffer(40, std::byte{1})});
    const auto packet = IpPacketView::parse(bytes).value();
    EXPECT_EQ(packet.header_length(), 60u);
    EXPECT_EQ(packet.transport_offset(), 60u);
    EXPECT_EQ(packet.flow(), (Flow{Kind::udp, 7, 9}));
}

TEST(IpPacket, RefusesAnIpv4HeaderLengthOutOfRange) {
    Buffer bytes = v4(kUdp, udp(1, 2));
    bytes[0] = std::byte{0x44};
    EXPECT_EQ(drop_of(bytes), ParseDrop::bad_header);
    bytes[0] = std::byte{0x48};  // 32 bytes of 28
    EXPECT_EQ(drop_of(bytes), ParseDrop::bad_length);
}

TEST(IpPacket, RefusesIpv4Fragments) {
    struct Row {
        std::size_t flags_and_offset;
        bool fragment;
    };
    const Row rows[] = {{0x0000, false}, {0x4000, false}, {0x2000, true},
                        {0x0001, true},  {0x1fff, true},  {0x6000, true}};
    for (const Row& row : rows)
        for (const Buffer& transport : {udp(1, 2), tcp(1, 2), icmp(8, 0)}) {
            const int protocol = transport.size() == 20         ? kTcp
                                 : transport[0] == std::byte{8} ? kIcmp
                                                                : kUdp;
            EXPECT_EQ(drop_of(v4(protocol, transport, {.fragment = row.flags_and_offset})),
                      row.fragment ? std::optional(ParseDrop::fragment) : std::nullopt)
                << row.flags_and_offset;
        }
}

TEST(IpPacket, RefusesIpv6FragmentsUnlessAtomic) {
    struct Row {
        std::initializer_list<int> header;
        bool fragment;
    };
    const Row rows[] = {
        {{kUdp, 0, 0x00, 0x00, 1, 2, 3, 4}, false},  // atomic, RFC 6946
        {{kUdp, 9, 0x00, 0x06, 1, 2, 3, 4}, false},  // reserved bits mean nothing
        {{kUdp, 0, 0x00, 0x01, 1, 2, 3, 4}, true},   // first of several
        {{kUdp, 0, 0x00, 0x08, 1, 2, 3, 4}, true},   // last of several
        {{kUdp, 0, 0xff, 0xf9, 1, 2, 3, 4}, true},
    };
    for (const Row& row : rows)
        EXPECT_EQ(drop_of(v6(44, concat(bytes_of(row.header), udp(1, 2)))),
                  row.fragment ? std::optional(ParseDrop::fragment) : std::nullopt);
}

TEST(IpPacket, SkipsIpv6ExtensionHeaders) {
    Buffer chain = bytes_of({43, 0, 5, 2, 0, 0, 0, 0});                      // hop-by-hop
    test::append(chain, bytes_of({60, 0, 4, 0, 0, 0, 0, 0}));                // routing
    test::append(chain, bytes_of({44, 1, 1, 4, 0, 0, 0, 0,                   // destination options,
                                  1, 4, 0, 0, 0, 0, 0, 0}));                 // 16 bytes
    test::append(chain, bytes_of({51, 0, 0, 0, 0, 0, 0, 9}));                // atomic fragment
    test::append(chain, bytes_of({kTcp, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}));  // AH, 12 bytes
    const Buffer bytes = v6(0, concat(chain, tcp(80, 81)));
    const auto packet = IpPacketView::parse(bytes).value();
    EXPECT_EQ(packet.protocol(), 6);
    EXPECT_EQ(packet.header_length(), 40u);
    EXPECT_EQ(packet.transport_offset(), 40u + 8 + 8 + 16 + 8 + 12);
    EXPECT_EQ(packet.flow(), (Flow{Kind::tcp, 80, 81}));
}

TEST(IpPacket, RefusesBrokenIpv6ExtensionHeaders) {
    const Buffer hop_by_hop = bytes_of({0, 0, 5, 2, 0, 0, 0, 0});
    EXPECT_EQ(drop_of(v6(0, concat(hop_by_hop, bytes_of({17, 0, 5, 2, 0, 0, 0, 0})))),
              ParseDrop::bad_extension);  // a second hop-by-hop header
    EXPECT_EQ(drop_of(v6(60, concat(hop_by_hop, udp(1, 2)))),
              ParseDrop::bad_extension);  // hop-by-hop behind another
    EXPECT_EQ(drop_of(v6(43, bytes_of({17, 9, 0, 0, 0, 0, 0, 0}))), ParseDrop::bad_extension);
    EXPECT_EQ(drop_of(v6(44, bytes_of({17, 0, 0}))), ParseDrop::bad_extension);
    EXPECT_EQ(drop_of(v6(51, bytes_of({17, 4, 0, 0, 0, 0, 0, 0}))), ParseDrop::bad_extension);
    EXPECT_EQ(drop_of(v6(60, {})), ParseDrop::bad_extension);
}

TEST(IpPacket, RefusesIcmpOfTheOtherFamily) {
    EXPECT_EQ(drop_of(v4(kIcmpV6, icmp(128, 0))), ParseDrop::family_mismatch);
    EXPECT_EQ(drop_of(v6(kIcmp, icmp(8, 0))), ParseDrop::family_mismatch);
    EXPECT_EQ(drop_of(v6(60, concat(bytes_of({1, 0, 1, 4, 0, 0, 0, 0}), icmp(8, 0)))),
              ParseDrop::family_mismatch);
}

TEST(IpPacket, RefusesAUdpLengthThatDisagrees) {
    for (const int length : {0, 1, 7, 8, 12, 14, 0xff}) {
        Buffer segment = udp(1, 2, 5);
        segment[5] = static_cast<std::byte>(length);
        EXPECT_EQ(drop_of(v4(kUdp, segment)), ParseDrop::bad_transport) << length;
    }
    EXPECT_EQ(drop_of(v4(kUdp, Bytes(udp(1, 2)).first(7))), ParseDrop::bad_transport);
}

TEST(IpPacket, RefusesATcpHeaderThatDoesNotFit) {
    for (const int words : {0, 4, 6, 15}) {
        Buffer segment = tcp(1, 2);
        segment[12] = static_cast<std::byte>(words << 4);
        EXPECT_EQ(drop_of(v4(kTcp, segment)), ParseDrop::bad_transport) << words;
    }
    Buffer with_options = tcp(1, 2, 40);
    with_options[12] = std::byte{0xf0};
    EXPECT_FALSE(drop_of(v4(kTcp, with_options)));
    EXPECT_EQ(drop_of(v4(kTcp, Bytes(tcp(1, 2)).first(19))), ParseDrop::bad_transport);
}

TEST(IpPacket, RefusesAnIcmpHeaderThatIsCutShort) {
    EXPECT_EQ(drop_of(v4(kIcmp, Bytes(icmp(8, 0)).first(7))), ParseDrop::bad_transport);
    EXPECT_EQ(drop_of(v6(kIcmpV6, {})), ParseDrop::bad_transport);
}

TEST(IpPacket, TakesAnyAddressAndAnyChecksum) {
    for (const auto& [src, dst] :
         {std::pair{"0.0.0.0", "255.255.255.255"}, std::pair{"127.0.0.1", "224.0.0.1"},
          std::pair{"::", "ff02::16"}})
        EXPECT_FALSE(drop_of(test::packet(src, dst, kUdp, udp(1, 2)))) << dst;
    Buffer bytes = v4(kUdp, udp(1, 2));
    bytes[10] ^= std::byte{0x55};
    EXPECT_FALSE(drop_of(bytes));
}

TEST(IpPacket, KnowsControlPackets) {
    const auto control = [](const char* src, const char* dst, int next, std::size_t payload) {
        const Buffer bytes = ipv6(ip(src), ip(dst), next, Buffer(payload));
        return IpPacketView::parse(bytes).value().is_firezone_control();
    };
    EXPECT_TRUE(control("::", "::", 255, 8));
    EXPECT_TRUE(control("::", "::", 255, 100));
    EXPECT_FALSE(control("::", "::", 255, 7));
    EXPECT_FALSE(control("::", "::", 254, 8));
    EXPECT_FALSE(control("::1", "::", 255, 8));
    EXPECT_FALSE(control("::", "::1", 255, 8));
    const Buffer ipv4_bytes = ipv4(ip("0.0.0.0"), ip("0.0.0.0"), 255, Buffer(28));
    EXPECT_FALSE(IpPacketView::parse(ipv4_bytes).value().is_firezone_control());
}

TEST(IpLength, CutsPadding) {
    EXPECT_EQ(ip_length(concat(v4(kUdp, udp(1, 2, 1)), Buffer(3))), 29u);
    EXPECT_EQ(ip_length(concat(v6(kUdp, udp(1, 2, 1)), Buffer(15))), 49u);
    EXPECT_EQ(ip_length(v4(kUdp, udp(1, 2))), 28u);
}

TEST(IpLength, IsNothingWhereBytesAreMissingOrNotIp) {
    const Buffer four = v4(kUdp, udp(1, 2));
    const Buffer six = v6(kUdp, udp(1, 2));
    EXPECT_FALSE(ip_length({}));
    EXPECT_FALSE(ip_length(Bytes(four).first(3)));
    EXPECT_FALSE(ip_length(Bytes(four).first(27)));
    EXPECT_FALSE(ip_length(Bytes(six).first(5)));
    EXPECT_FALSE(ip_length(Bytes(six).first(47)));
    EXPECT_FALSE(ip_length(Buffer(16)));
    EXPECT_FALSE(ip_length(Buffer(64, std::byte{0x50})));
}

TEST(SetEcn, ChangesTwoBitsAndKeepsTheHeaderChecksumRight) {
    for (const int tos : {0x00, 0xb8, 0xff})
        for (const Ecn ecn : {Ecn::not_ect, Ecn::ect1, Ecn::ect0, Ecn::ce}) {
            Buffer bytes = v4(kUdp, udp(1, 2, 3), {.tos = tos});
            const int wanted = (tos & 0xfc) | static_cast<int>(ecn);
            set_ecn(bytes, ecn);
            EXPECT_EQ(bytes, v4(kUdp, udp(1, 2, 3), {.tos = wanted}));

            Buffer six = ipv6(kClient6, kServer6, kUdp, udp(1, 2), tos);
            set_ecn(six, ecn);
            EXPECT_EQ(six, ipv6(kClient6, kServer6, kUdp, udp(1, 2), wanted));
        }
}

}  // namespace
}  // namespace fz::wire
