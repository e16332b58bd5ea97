#include "wire/icmp_error.h"

#include <gtest/gtest.h>

#include <array>

#include "unit/wire/packets.h"

namespace fz::wire {
namespace {

using test::Buffer;
using test::bytes_of;
using test::hex;
using test::icmp;
using test::ip;
using test::kIcmp;
using test::kIcmpV6;
using test::kTcp;
using test::kUdp;
using test::packet;
using test::tcp;
using test::udp;

Buffer answer(IcmpAnswer kind, Bytes offending) {
    std::array<std::byte, kMaxIcmpError> space;
    const std::size_t size = make_icmp_error(kind, IpPacketView::parse(offending).value(), space);
    return Buffer(space.begin(), space.begin() + static_cast<std::ptrdiff_t>(size));
}

/// Zero if the ICMPv6 checksum of the packet is right.
std::uint16_t icmpv6_residue(const Buffer& error) {
    const Bytes all = error;
    Buffer pseudo;
    test::append(pseudo, all.subspan(8, 32));
    test::put16(pseudo, 0);
    test::put16(pseudo, error.size() - 40);
    test::append(pseudo, bytes_of({0, 0, 0, kIcmpV6}));
    test::append(pseudo, all.subspan(40));
    return test::slow_checksum(pseudo);
}

TEST(MakeIcmpError, ProhibitsInIpv4ByteForByte) {
    const Buffer offending = packet("100.64.0.1", "10.1.2.3", kTcp, tcp(50000, 22, 100));
    Buffer wanted =
        hex("4500 0038 0000 4000 1401 0000 0a01 0203 6440 0001"
            "030d 0000 0000 0000");
    test::append(wanted, Bytes(offending).first(28));
    const Buffer made = answer(IcmpAnswer::prohibited, offending);
    ASSERT_EQ(made.size(), 56u);
    EXPECT_EQ(test::slow_checksum(Bytes(made).first(20)), 0);
    EXPECT_EQ(test::slow_checksum(Bytes(made).subspan(20)), 0);
    for (const std::size_t checksum_at : {10u, 11u, 22u, 23u})
        wanted[checksum_at] = made[checksum_at];
    EXPECT_EQ(made, wanted);
}

TEST(MakeIcmpError, ProhibitsInIpv6ByteForByte) {
    const Buffer offending = packet("fd00:2021:1111::1", "2001:db8::3", kUdp, udp(5000, 53, 5));
    Buffer wanted =
        hex("6000 0000 003d 3a14 2001 0db8 0000 0000 0000 0000 0000 0003"
            "fd00 2021 1111 0000 0000 0000 0000 0001"
            "0101 0000 0000 0000");
    test::append(wanted, offending);
    const Buffer made = answer(IcmpAnswer::prohibited, offending);
    ASSERT_EQ(made.size(), 48u + 53u);
    EXPECT_EQ(icmpv6_residue(made), 0);
    wanted[42] = made[42];
    wanted[43] = made[43];
    EXPECT_EQ(made, wanted);
}

TEST(MakeIcmpError, NetUnreachableIsCode0InIpv4AndAddressUnreachableInIpv6) {
    const Buffer four =
        answer(IcmpAnswer::net_unreachable, packet("100.64.0.1", "10.1.2.3", kUdp, udp(1, 2)));
    EXPECT_EQ(four[20], std::byte{3});
    EXPECT_EQ(four[21], std::byte{0});
    EXPECT_EQ(test::slow_checksum(Bytes(four).subspan(20)), 0);
    const Buffer six = answer(IcmpAnswer::net_unreachable,
                              packet("fd00:2021:1111::1", "2001:db8::3", kUdp, udp(1, 2)));
    EXPECT_EQ(six[40], std::byte{1});
    EXPECT_EQ(six[41], std::byte{3});
    EXPECT_EQ(icmpv6_residue(six), 0);
}

TEST(MakeIcmpError, QuotesIpv4HeaderWithOptionsAnd8Bytes) {
    const auto size_for = [](std::size_t options, Bytes payload) {
        return answer(IcmpAnswer::prohibited,
                      test::ipv4(ip("100.64.0.1"), ip("10.0.0.1"), 99, payload,
                                 {.options = Buffer(options, std::byte{1})}))
            .size();
    };
    EXPECT_EQ(size_for(0, {}), 48u);
    EXPECT_EQ(size_for(0, Buffer(7)), 55u);
    EXPECT_EQ(size_for(0, Buffer(1000)), 56u);
    EXPECT_EQ(size_for(40, Buffer(1000)), 96u);
}

TEST(MakeIcmpError, QuotesAtMost1200BytesOfIpv6) {
    const auto size_for = [](std::size_t length) {
        return answer(IcmpAnswer::prohibited,
                      packet("fd00:2021:1111::1", "2001:db8::3", kUdp, udp(1, 2, length - 48)))
            .size();
    };
    EXPECT_EQ(size_for(48), 96u);
    EXPECT_EQ(size_for(1200), 1248u);
    EXPECT_EQ(size_for(1280), 1248u);
}

TEST(MakeIcmpError, KeepsSilentWhereRfc1122Does) {
    struct Row {
        const char* src;
        const char* dst;
        int protocol;
        Buffer payload;
    };
    const Row rows[] = {
        {"100.64.0.1", "224.0.0.251", kUdp, udp(1, 2)},
        {"100.64.0.1", "255.255.255.255", kUdp, udp(1, 2)},
        {"100.64.0.1", "0.0.0.0", kUdp, udp(1, 2)},
        {"0.0.0.0", "10.0.0.1", kUdp, udp(1, 2)},
        {"224.0.0.1", "10.0.0.1", kUdp, udp(1, 2)},
        {"255.255.255.255", "10.0.0.1", kUdp, udp(1, 2)},
        {"100.64.0.1", "10.0.0.1", kIcmp, icmp(3, 13)},
        {"100.64.0.1", "10.0.0.1", kIcmp, icmp(5, 0)},
        {"fd00:2021:1111::1", "ff02::fb", kUdp, udp(1, 2)},
        {"::", "2001:db8::1", kUdp, udp(1, 2)},
        {"::", "::", 255, bytes_of({1})},
        {"fd00:2021:1111::1", "2001:db8::1", kIcmpV6, icmp(1, 1)},
    };
    for (const Row& row : rows)
        EXPECT_TRUE(
            answer(IcmpAnswer::prohibited, packet(row.src, row.dst, row.protocol, row.payload))
                .empty())
            << row.src << ' ' << row.dst;
}

TEST(MakeIcmpError, AnswersEchoAndUnknownProtocols) {
    EXPECT_EQ(
        answer(IcmpAnswer::prohibited, packet("100.64.0.1", "10.0.0.1", kIcmp, icmp(8, 0))).size(),
        56u);
    EXPECT_EQ(
        answer(IcmpAnswer::prohibited, packet("100.64.0.1", "10.0.0.1", 47, Buffer(9))).size(),
        56u);
}

TEST(MakeIcmpError, ReadsBackForEveryPayloadSize) {
    for (const auto& [src, dst] :
         {std::pair{"100.64.0.1", "10.1.2.3"}, std::pair{"fd00:2021:1111::1", "2001:db8::3"}}) {
        const std::size_t headers = ip(src).is_v4() ? 28 : 48;
        for (std::size_t payload = 0; payload + headers <= 1280; payload += 11) {
            const Buffer offending = packet(src, dst, kUdp, udp(5000, 53, payload));
            const Buffer made = answer(IcmpAnswer::prohibited, offending);
            const auto view = IpPacketView::parse(made);
            ASSERT_TRUE(view) << payload;
            EXPECT_EQ(view->src(), ip(dst));
            EXPECT_EQ(view->dst(), ip(src));
            const auto error = IcmpError::parse(*view);
            ASSERT_TRUE(error) << payload;
            EXPECT_EQ(error->kind, IcmpError::Kind::unreachable);
            EXPECT_EQ(error->quoted_src, ip(src));
            EXPECT_EQ(error->quoted_dst, ip(dst));
            EXPECT_EQ(error->quoted_flow, (Flow{Flow::Kind::udp, 5000, 53}));
        }
    }
}

std::optional<IcmpError> parsed(Bytes bytes) {
    return IcmpError::parse(IpPacketView::parse(bytes).value());
}
Buffer v4_error(int type, int code, Bytes quote) {
    return packet("192.0.2.1", "100.64.0.1", kIcmp, icmp(type, code, 0, quote));
}
Buffer v6_error(int type, int code, Bytes quote) {
    return packet("2001:db8::1", "fd00:2021:1111::1", kIcmpV6, icmp(type, code, 0, quote));
}
const Buffer kQuote4 = packet("100.64.0.1", "10.0.0.1", kUdp, udp(5000, 53, 20));
const Buffer kQuote6 = packet("fd00:2021:1111::1", "2001:db8::2", kTcp, tcp(5000, 443));

TEST(ParseIcmpError, KnowsTheTypesThatMayEnter) {
    using Kind = IcmpError::Kind;
    for (int type = 0; type < 256; ++type)
        for (int code = 0; code < 20; ++code) {
            const bool unreachable = type == 3 && code <= 15;
            const bool exceeded = type == 11 && code <= 1;
            const auto four = parsed(v4_error(type, code, kQuote4));
            ASSERT_EQ(four.has_value(), unreachable || exceeded) << type << '/' << code;
            if (four) {
                EXPECT_EQ(four->kind, exceeded ? Kind::time_exceeded : Kind::unreachable);
                EXPECT_EQ(four->code, code);
            }
            const bool unreachable6 = type == 1 && code <= 6;
            const bool too_big6 = type == 2 && code == 0;
            const bool exceeded6 = type == 3 && code <= 1;
            const auto six = parsed(v6_error(type, code, kQuote6));
            ASSERT_EQ(six.has_value(), unreachable6 || too_big6 || exceeded6)
                << type << '/' << code;
            if (six) {
                EXPECT_EQ(six->kind, too_big6    ? Kind::packet_too_big
                                     : exceeded6 ? Kind::time_exceeded
                                                 : Kind::unreachable);
            }
        }
}

TEST(ParseIcmpError, ShowsTheQuote) {
    const Buffer bytes = v4_error(3, 1, kQuote4);
    const auto error = parsed(bytes).value();
    EXPECT_EQ(error.quoted_src, ip("100.64.0.1"));
    EXPECT_EQ(error.quoted_dst, ip("10.0.0.1"));
    EXPECT_EQ(error.quoted_flow, (Flow{Flow::Kind::udp, 5000, 53}));
    EXPECT_EQ(Buffer(error.quote.begin(), error.quote.end()), kQuote4);
}

TEST(ParseIcmpError, NeedsTheFirstBytesOfTheQuotedTransport) {
    const Buffer udp4 = packet("100.64.0.1", "10.0.0.1", kUdp, udp(1, 2));
    EXPECT_TRUE(parsed(v4_error(3, 3, Bytes(udp4).first(24))));
    EXPECT_FALSE(parsed(v4_error(3, 3, Bytes(udp4).first(23))));
    EXPECT_FALSE(parsed(v4_error(3, 3, Bytes(udp4).first(19))));
    EXPECT_FALSE(parsed(v4_error(3, 3, {})));
    const Buffer echo6 = packet("fd00:2021:1111::1", "2001:db8::2", kIcmpV6, icmp(128, 0, 7));
    EXPECT_EQ(parsed(v6_error(1, 0, Bytes(echo6).first(48)))->quoted_flow,
              (Flow{Flow::Kind::echo_request, 7, 7}));
    EXPECT_FALSE(parsed(v6_error(1, 0, Bytes(echo6).first(47))));
    EXPECT_FALSE(parsed(v6_error(1, 0, Bytes(kQuote6).first(39))));
    EXPECT_FALSE(parsed(v6_error(1, 0, Bytes(kQuote6).first(43))));
    EXPECT_TRUE(parsed(v6_error(1, 0, Bytes(kQuote6).first(44))));
}

TEST(ParseIcmpError, HonoursQuotedIpv4Options) {
    const Buffer quote = test::ipv4(ip("100.64.0.1"), ip("10.0.0.1"), kTcp, tcp(9, 80),
                                    {.options = Buffer(8, std::byte{1})});
    EXPECT_EQ(parsed(v4_error(11, 0, quote))->quoted_flow, (Flow{Flow::Kind::tcp, 9, 80}));
    EXPECT_FALSE(parsed(v4_error(11, 0, Bytes(quote).first(24))));
}

TEST(ParseIcmpError, RefusesQuotesThatNoClientSent) {
    const char* client = "100.64.0.1";
    EXPECT_FALSE(parsed(v4_error(3, 1, packet(client, "10.0.0.1", kIcmp, icmp(0, 0)))));
    EXPECT_FALSE(parsed(v4_error(3, 1, packet(client, "10.0.0.1", kIcmp, icmp(3, 1)))));
    EXPECT_FALSE(parsed(v4_error(3, 1, packet(client, "10.0.0.1", 132, Buffer(12)))));
    EXPECT_FALSE(parsed(v4_error(3, 1, kQuote6)));
    EXPECT_FALSE(parsed(v6_error(1, 0, kQuote4)));
    const Buffer extension = bytes_of({kUdp, 0, 1, 4, 0, 0, 0, 0, 0, 1, 0, 2});
    EXPECT_FALSE(parsed(v6_error(1, 0, packet("fd00:2021:1111::1", "2001:db8::2", 60, extension))));
    Buffer short_header = kQuote4;
    short_header[0] = std::byte{0x44};
    EXPECT_FALSE(parsed(v4_error(3, 1, short_header)));
}

TEST(ParseIcmpError, AnEchoIsNone) {
    EXPECT_FALSE(parsed(packet("10.0.0.1", "100.64.0.1", kIcmp, icmp(0, 0))));
    EXPECT_FALSE(parsed(packet("10.0.0.1", "100.64.0.1", kUdp, udp(1, 2))));
}

}  // namespace
}  // namespace fz::wire
