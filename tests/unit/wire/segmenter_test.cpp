#include "wire/segmenter.h"

#include <gtest/gtest.h>

#include "unit/wire/segments.h"

namespace fz::wire {
namespace {

using namespace fz::test;

/// What the kernel would hand over for a large send.
Offload offload_of(const Buffer& packet, std::size_t segment) {
    const bool v4 = (packet[0] & std::byte{0xf0}) == std::byte{0x40};
    const bool tcp = packet[v4 ? 9 : 6] == std::byte{kTcp};
    const std::uint16_t ip_size = v4 ? 20 : 40;
    return {.kind = !tcp ? Offload::Kind::udp
                    : v4 ? Offload::Kind::tcp_v4
                         : Offload::Kind::tcp_v6,
            .segment_size = static_cast<std::uint16_t>(segment),
            .header_length = static_cast<std::uint16_t>(ip_size + (tcp ? 20 : 8)),
            .needs_checksum = true,
            .checksum_start = ip_size,
            .checksum_offset = static_cast<std::uint16_t>(tcp ? 16 : 6)};
}

std::vector<Buffer> segments_of(Buffer packet, const Offload& offload) {
    std::vector<Buffer> all;
    auto segmenter = Segmenter::create({packet, offload});
    if (!segmenter) return all;
    const std::size_t count = segmenter->count();
    while (!segmenter->done()) {
        const Bytes segment = segmenter->next();
        all.emplace_back(segment.begin(), segment.end());
    }
    EXPECT_EQ(all.size(), count);
    return all;
}

std::optional<ParseDrop> refusal(Buffer packet, const Offload& offload) {
    const auto segmenter = Segmenter::create({packet, offload});
    return segmenter ? std::nullopt : std::optional(segmenter.error());
}

std::string text(std::size_t size) {
    std::string result;
    for (std::size_t i = 0; i < size; ++i) result.push_back(static_cast<char>('A' + i % 57));
    return result;
}

TEST(Segmenter, MakesTheSegmentsThatTheStandardsSay) {
    constexpr int kFinPsh = 0x10 | 0x09;
    for (const bool v4 : {true, false})
        for (const std::size_t payload : {1U, 9U, 10U, 11U, 1000U, 20'001U})
            for (const std::size_t segment : {10U, 39U, 1240U}) {
                SCOPED_TRACE(std::to_string(payload) + " by " + std::to_string(segment));
                const IpFields fields{.v4 = v4, .tos = 2, .id = 65'530};
                const Buffer tcp =
                    tcp_packet({.sequence = 0xfffffff0, .flags = kFinPsh}, text(payload), fields);
                EXPECT_TRUE(segments_of(tcp, offload_of(tcp, segment)) ==
                            slow_segments(tcp, offload_of(tcp, segment)));
                const Buffer udp = udp_packet(text(payload), fields);
                EXPECT_TRUE(segments_of(udp, offload_of(udp, segment)) ==
                            slow_segments(udp, offload_of(udp, segment)));
            }
}

TEST(Segmenter, CongestionWindowReducedIsSaidOnce) {
    const Buffer packet = tcp_packet({.flags = 0x10 | 0x80}, text(30));
    const auto segments = segments_of(packet, offload_of(packet, 10));
    ASSERT_EQ(segments.size(), 3U);
    EXPECT_EQ(segments[0][33], std::byte{0x90});
    EXPECT_EQ(segments[1][33], std::byte{0x10});
    EXPECT_EQ(segments[2][33], std::byte{0x10});
}

TEST(Segmenter, CopiesTcpOptionsIntoEachSegment) {
    const Buffer timestamps = bytes_of({1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2});
    const Buffer packet = tcp_packet({.options = timestamps}, text(25));
    Offload offload = offload_of(packet, 10);
    offload.header_length = 52;
    EXPECT_EQ(segments_of(packet, offload), slow_segments(packet, offload));
}

TEST(Segmenter, APacketWithoutOffloadPassesUntouched) {
    const Buffer packet = udp_packet("hello");
    EXPECT_EQ(segments_of(packet, {}), std::vector<Buffer>{packet});
    const Buffer nonsense = bytes_of({1, 2, 3});
    EXPECT_EQ(segments_of(nonsense, {}), std::vector<Buffer>{nonsense});  // judged elsewhere
}

TEST(Segmenter, FinishesAChecksumThatTheKernelLeftOpen) {
    const Buffer whole = udp_packet("hello");
    Buffer open = whole;
    // The pseudo header's sum: the complement of the checksum of nothing but it.
    Buffer pseudo(open.begin() + 12, open.begin() + 20);
    put16(pseudo, kUdp);
    put16(pseudo, 13);
    store_be(open.data() + 26, static_cast<std::uint16_t>(~slow_checksum(pseudo)));
    const Offload unfinished{.needs_checksum = true, .checksum_start = 20, .checksum_offset = 6};
    EXPECT_EQ(segments_of(open, unfinished), std::vector<Buffer>{whole});
}

TEST(Segmenter, AUdpChecksumOfZeroIsSentAsAllOnes) {
    // RFC 768: zero means none. Look for a payload whose checksum comes out as zero.
    for (int high = 0; high < 256; ++high)
        for (int low = 0; low < 256; ++low) {
            const std::string payload{static_cast<char>(high), static_cast<char>(low)};
            Buffer packet = udp_packet(payload);
            if (load_be<std::uint16_t>(packet.data() + 26) != 0) continue;
            const auto segments = segments_of(packet, offload_of(packet, 100));
            ASSERT_EQ(segments.size(), 1U);
            EXPECT_EQ(load_be<std::uint16_t>(segments[0].data() + 26), 0xffff);
            return;
        }
    FAIL() << "no such payload";
}

TEST(Segmenter, BelievesNothingBeyondThePacket) {
    const Buffer good = tcp_packet({}, text(30));
    const Offload offload = offload_of(good, 10);

    Offload zero = offload;
    zero.segment_size = 0;
    EXPECT_EQ(refusal(good, zero), ParseDrop::bad_length);
    Offload other_kind = offload;
    other_kind.kind = Offload::Kind::tcp_v6;
    EXPECT_EQ(refusal(good, other_kind), ParseDrop::bad_transport);
    other_kind.kind = Offload::Kind::udp;
    EXPECT_EQ(refusal(good, other_kind), ParseDrop::bad_transport);
    const Buffer icmp = icmp_echo(1);
    EXPECT_EQ(refusal(icmp, offload), ParseDrop::bad_transport);

    Buffer fragment = good;
    fragment[6] = std::byte{0x20};
    EXPECT_EQ(refusal(fragment, offload), ParseDrop::fragment);
    Buffer longer = good;
    longer.push_back(std::byte{0});
    EXPECT_EQ(refusal(longer, offload), ParseDrop::bad_length);
    Buffer data_offset = good;
    data_offset[32] = std::byte{0xf0};  // 60 bytes of header in 50 bytes of segment
    EXPECT_EQ(refusal(data_offset, offload), ParseDrop::bad_transport);
    data_offset[32] = std::byte{0x40};
    EXPECT_EQ(refusal(data_offset, offload), ParseDrop::bad_transport);
    EXPECT_EQ(refusal(bytes_of({0x45, 0, 0, 4}), offload), ParseDrop::bad_header);
    EXPECT_EQ(refusal({}, offload), ParseDrop::bad_header);

    Offload far{.needs_checksum = true, .checksum_start = 60'000, .checksum_offset = 60'000};
    EXPECT_EQ(refusal(good, far), ParseDrop::bad_transport);
    const Buffer huge = tcp_packet({}, text(60'000));
    EXPECT_EQ(refusal(huge, offload_of(huge, 1)), ParseDrop::bad_length);  // 60,000 segments
    for (std::size_t size = 0; size < good.size(); ++size)
        static_cast<void>(
            refusal(Buffer(good.begin(), good.begin() + static_cast<long>(size)), offload));
}

}  // namespace
}  // namespace fz::wire
