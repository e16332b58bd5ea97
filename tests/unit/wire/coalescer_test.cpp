#include "wire/coalescer.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "unit/wire/segments.h"
#include "wire/checksum.h"

namespace fz::wire {
namespace {

using namespace fz::test;

constexpr int kAck = 0x10, kPsh = 0x08, kFin = 0x01, kSyn = 0x02, kRst = 0x04, kUrg = 0x20,
              kEce = 0x40, kCwr = 0x80;

class CoalescerTest : public ::testing::Test {
  protected:
    struct Written {
        Offload offload;
        Buffer packet;  ///< the pieces, one behind the other
        std::vector<Buffer> originals;
    };

    std::vector<Written> write(const std::vector<Buffer>& packets) {
        for (const Buffer& packet : packets) coalescer.add(packet);
        std::vector<Written> writes;
        while (const auto next = coalescer.next()) {
            Written& written = writes.emplace_back(Written{next->offload, {}, {}});
            for (const Bytes piece : next->pieces) append(written.packet, piece);
            for (const Bytes original : next->originals)
                written.originals.emplace_back(original.begin(), original.end());
        }
        coalescer.clear();
        return writes;
    }
    /// How many packets each write stands for.
    std::vector<std::size_t> sizes(const std::vector<Buffer>& packets) {
        std::vector<std::size_t> result;
        for (const Written& written : write(packets)) result.push_back(written.originals.size());
        return result;
    }
    using Sizes = std::vector<std::size_t>;

    Coalescer coalescer;
};

/// Segments of ten bytes from `sequence` on.
Buffer tcp10(std::uint32_t sequence, const IpFields& fields = {}, TcpFields tcp = {}) {
    tcp.sequence = sequence;
    return tcp_packet(tcp, "0123456789", fields);
}

TEST_F(CoalescerTest, SegmentsOfAFlowBecomeOnePacketWithAnUnfinishedChecksum) {
    for (const bool v4 : {true, false}) {
        const IpFields fields{.v4 = v4};
        const auto writes = write({tcp10(1000, fields), tcp10(1010, fields), tcp10(1020, fields)});
        ASSERT_EQ(writes.size(), 1U);
        const Written& one = writes[0];
        const std::size_t ip_size = v4 ? 20 : 40;
        EXPECT_EQ(one.offload.kind, v4 ? Offload::Kind::tcp_v4 : Offload::Kind::tcp_v6);
        EXPECT_EQ(one.offload.segment_size, 10U);
        EXPECT_EQ(one.offload.header_length, ip_size + 20);
        EXPECT_TRUE(one.offload.needs_checksum);
        EXPECT_EQ(one.offload.checksum_start, ip_size);
        EXPECT_EQ(one.offload.checksum_offset, 16U);
        ASSERT_EQ(one.packet.size(), ip_size + 20 + 30);
        EXPECT_EQ(as_text(Bytes(one.packet).subspan(ip_size + 20)),
                  "012345678901234567890123456789");
        // What the field lacks is the sum of everything from the transport header on.
        Buffer finished = one.packet;
        const std::uint16_t sum = slow_checksum(Bytes(finished).subspan(ip_size));
        store_be(finished.data() + ip_size + 16, sum);
        EXPECT_EQ(slow_transport_checksum(client_of(fields).bytes(), server_of(fields).bytes(),
                                          kTcp, Bytes(finished).subspan(ip_size)),
                  0);
        if (v4) {
            EXPECT_EQ(slow_checksum(Bytes(one.packet).first(20)), 0);
        }
    }
}

TEST_F(CoalescerTest, DatagramsOfAFlowBecomeOnePacket) {
    const auto writes = write({udp_packet("aaaa"), udp_packet("bbbb"), udp_packet("cc")});
    ASSERT_EQ(writes.size(), 1U);
    EXPECT_EQ(writes[0].offload.kind, Offload::Kind::udp);
    EXPECT_EQ(writes[0].offload.segment_size, 4U);
    EXPECT_EQ(load_be<std::uint16_t>(writes[0].packet.data() + 24), 8 + 10);  // UDP length
    EXPECT_EQ(as_text(Bytes(writes[0].packet).subspan(28)), "aaaabbbbcc");
}

TEST_F(CoalescerTest, LeavesItsPacketsAsTheyWere) {
    const std::vector<Buffer> packets{tcp10(1000), tcp10(1010)};
    const std::vector<Buffer> before = packets;
    const auto writes = write(packets);
    EXPECT_EQ(packets, before);
    EXPECT_EQ(writes[0].originals, before);  // what is sent if the kernel refuses
}

struct Pair {
    const char* what;
    Buffer first;
    Buffer second;
    bool merged;
};

TEST_F(CoalescerTest, MergesByTheRulesOfTheKernel) {
    const Buffer a = tcp10(1000);
    const Buffer timestamps = bytes_of({1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2});
    const Buffer later = bytes_of({1, 1, 8, 10, 0, 0, 0, 2, 0, 0, 0, 2});
    Buffer broken = tcp10(1010);
    broken.back() ^= std::byte{1};
    Buffer broken_first = a;
    broken_first.back() ^= std::byte{1};
    const IpFields v6{.v4 = false};
    const IpFields no_df{.id = 7, .dont_fragment = false};
    Buffer no_checksum = udp_packet("bbbb");
    no_checksum[26] = no_checksum[27] = std::byte{0};

    const Pair table[] = {
        {"contiguous", a, tcp10(1010), true},
        {"a gap", a, tcp10(1011), false},
        {"a retransmission", a, tcp10(1000), false},
        {"sequence numbers wrap", tcp10(0xfffffffb), tcp10(5), true},
        {"another acknowledgment", a, tcp10(1010, {}, {.acknowledgment = 5001}), false},
        {"another window", a, tcp10(1010, {}, {.window = 777}), true},
        {"PSH ends", a, tcp10(1010, {}, {.flags = kAck | kPsh}), true},
        {"nothing after PSH", tcp10(1000, {}, {.flags = kAck | kPsh}), tcp10(1010), false},
        {"FIN ends", a, tcp10(1010, {}, {.flags = kAck | kFin}), true},
        {"SYN", a, tcp10(1010, {}, {.flags = kAck | kSyn}), false},
        {"RST", a, tcp10(1010, {}, {.flags = kAck | kRst}), false},
        {"URG", a, tcp10(1010, {}, {.flags = kAck | kUrg}), false},
        {"CWR", a, tcp10(1010, {}, {.flags = kAck | kCwr}), false},
        {"ECE differs", a, tcp10(1010, {}, {.flags = kAck | kEce}), false},
        {"ECE on both", tcp10(1000, {}, {.flags = kAck | kEce}),
         tcp10(1010, {}, {.flags = kAck | kEce}), true},
        {"equal options", tcp10(1000, {}, {.options = timestamps}),
         tcp10(1010, {}, {.options = timestamps}), true},
        {"another timestamp", tcp10(1000, {}, {.options = timestamps}),
         tcp10(1010, {}, {.options = later}), false},
        {"options on one", a, tcp10(1010, {}, {.options = timestamps}), false},
        {"a shorter last one", a, tcp_packet({.sequence = 1010}, "x"), true},
        {"a longer one", a, tcp_packet({.sequence = 1010}, "0123456789A"), false},
        {"a pure acknowledgment", a, tcp_packet({.sequence = 1010}, ""), false},
        {"another port", a, tcp10(1010, {}, {.src_port = 40001}), false},
        {"another host", a, tcp10(1010, {.host = 3}), false},
        {"another TTL", a, tcp10(1010, {.ttl = 63}), false},
        {"another mark", a, tcp10(1010, {.tos = 1}), false},
        {"another DSCP", a, tcp10(1010, {.tos = 0x20}), false},
        {"DF on one", a, tcp10(1010, {.id = 2, .dont_fragment = false}), false},
        {"any number with DF", a, tcp10(1010, {.id = 99}), true},
        {"numbered one by one", tcp10(1000, no_df), tcp10(1010, {.id = 8, .dont_fragment = false}),
         true},
        {"another number", tcp10(1000, no_df), tcp10(1010, {.id = 9, .dont_fragment = false}),
         false},
        {"IP options", tcp10(1000, {.options = Buffer(4, std::byte{1})}),
         tcp10(1010, {.options = Buffer(4, std::byte{1})}), false},
        {"a wrong checksum behind", a, broken, false},
        {"a wrong checksum before", broken_first, tcp10(1010), false},
        {"IPv6", tcp10(1000, v6), tcp10(1010, v6), true},
        {"IPv6, another hop limit", tcp10(1000, v6), tcp10(1010, {.v4 = false, .ttl = 63}), false},
        {"IPv6, another label", tcp10(1000, v6), tcp10(1010, {.v4 = false, .flow_label = 9}),
         false},
        {"IPv6, another mark", tcp10(1000, v6), tcp10(1010, {.v4 = false, .tos = 2}), false},
        {"two families", tcp10(1000, v6), tcp10(1010), false},
        {"UDP", udp_packet("aaaa"), udp_packet("bbbb"), true},
        {"UDP, shorter", udp_packet("aaaa"), udp_packet("b"), true},
        {"UDP, longer", udp_packet("aaaa"), udp_packet("bbbbb"), false},
        {"UDP, another port", udp_packet("aaaa"), udp_packet("bbbb", {}, 40001), false},
        {"UDP, no checksum", udp_packet("aaaa"), no_checksum, false},
        {"UDP, no payload", udp_packet("aaaa"), udp_packet(""), false},
        {"UDP over IPv6", udp_packet("aaaa", v6), udp_packet("bbbb", v6), true},
        {"TCP and UDP", a, udp_packet("0123456789"), false},
        {"ICMP", icmp_echo(1), icmp_echo(2), false},
    };
    for (const Pair& row : table) {
        SCOPED_TRACE(row.what);
        const auto writes = write({row.first, row.second});
        ASSERT_EQ(writes.size(), row.merged ? 1U : 2U);
        if (row.merged) {
            std::vector<Buffer> expected{row.first, row.second};
            // Fields that a merge is allowed to forget.
            const auto segments = slow_segments(writes[0].packet, writes[0].offload);
            ASSERT_EQ(segments.size(), 2U);
            EXPECT_EQ(segments[0].size(), row.first.size());
            EXPECT_EQ(segments[1].size(), row.second.size());
        } else {
            EXPECT_EQ(writes[0].packet, row.first);
            EXPECT_EQ(writes[1].packet, row.second);
            EXPECT_EQ(writes[0].offload.kind, Offload::Kind::none);
            EXPECT_FALSE(writes[0].offload.needs_checksum);
        }
    }
}

/// NOP, NOP, timestamp.
Buffer stamps(int value, int echo) {
    return bytes_of({1, 1, 8, 10, 0, 0, 0, value, 0, 0, 0, echo});
}

Buffer ack(std::uint32_t acknowledgment, const IpFields& fields = {}, TcpFields tcp = {}) {
    tcp.acknowledgment = acknowledgment;
    return tcp_packet(tcp, "", fields);
}

TEST_F(CoalescerTest, AnAcknowledgmentStandsForThoseBeforeItThatSayLess) {
    const Buffer first = ack(5000);
    const Buffer stamped = ack(5000, {}, {.options = stamps(5, 5)});
    const Buffer sack = bytes_of({1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2});
    Buffer broken = ack(5001);
    broken[20 + 17] ^= std::byte{1};  // the checksum
    const IpFields v6{.v4 = false};

    const Pair table[] = {
        {"more", first, ack(5001), true},
        {"the same again", first, first, false},  // a duplicate is a signal (RFC 5681 3.2)
        {"less", ack(5001), first, false},
        {"numbers wrap", ack(0xfffffff0), ack(16), true},
        {"over half the numbers away", first, ack(5000 + 0x80000001), false},
        {"another window", first, ack(5001, {}, {.window = 777}), true},
        {"the same but for the window", first, ack(5000, {}, {.window = 777}), false},
        {"data was sent between", first, ack(5001, {}, {.sequence = 1001}), false},
        {"both ECE", ack(5000, {}, {.flags = kAck | kEce}), ack(5001, {}, {.flags = kAck | kEce}),
         false},
        {"ECE before", ack(5000, {}, {.flags = kAck | kEce}), ack(5001), false},
        {"ECE behind", first, ack(5001, {}, {.flags = kAck | kEce}), false},
        {"CWR", ack(5000, {}, {.flags = kAck | kCwr}), ack(5001), false},
        {"PSH", first, ack(5001, {}, {.flags = kAck | kPsh}), false},
        {"FIN", first, ack(5001, {}, {.flags = kAck | kFin}), false},
        {"RST", first, ack(5001, {}, {.flags = kAck | kRst}), false},
        {"SYN", ack(5000, {}, {.flags = kAck | kSyn}), ack(5001), false},
        {"timestamps", stamped, ack(5001, {}, {.options = stamps(6, 7)}), true},
        {"equal timestamps", stamped, ack(5001, {}, {.options = stamps(5, 5)}), true},
        {"an older timestamp", stamped, ack(5001, {}, {.options = stamps(4, 5)}), false},
        {"an older echo", stamped, ack(5001, {}, {.options = stamps(5, 4)}), false},
        {"timestamp on the later", first, ack(5001, {}, {.options = stamps(5, 5)}), false},
        {"timestamp on the earlier", stamped, ack(5001), false},
        {"SACK before", ack(5000, {}, {.options = sack}), ack(5001, {}, {.options = sack}), false},
        {"SACK behind", stamped, ack(5001, {}, {.options = sack}), false},
        {"data behind", first, tcp10(1000, {}, {.acknowledgment = 5001}), false},
        {"data before", tcp10(990), ack(5001), false},
        {"another port", first, ack(5001, {}, {.src_port = 40001}), false},
        {"another host", first, ack(5001, {.host = 3}), false},
        {"another TTL", first, ack(5001, {.ttl = 63}), false},
        {"another mark", first, ack(5001, {.tos = 3}), false},
        {"a wrong checksum", first, broken, false},
        {"IPv6", ack(5000, v6), ack(5001, v6), true},
        {"IPv6, another mark", ack(5000, v6), ack(5001, {.v4 = false, .tos = 3}), false},
    };
    for (const Pair& row : table) {
        SCOPED_TRACE(row.what);
        const auto writes = write({row.first, row.second});
        ASSERT_EQ(writes.size(), row.merged ? 1U : 2U);
        EXPECT_EQ(writes.back().packet, row.second);
        for (const Written& each : writes) EXPECT_EQ(each.offload.kind, Offload::Kind::none);
        if (row.merged) {
            EXPECT_EQ(writes[0].originals, (std::vector{row.first, row.second}));
        } else {
            EXPECT_EQ(writes[0].packet, row.first);
        }
    }
}

TEST_F(CoalescerTest, ManyAcknowledgmentsLeaveTheLastOfEachFlowInTheFirstOnesPlace) {
    std::vector<Buffer> packets;
    for (std::uint32_t i = 0; i < Coalescer::kCapacity / 2; ++i)
        for (const std::size_t port : {40000U, 40001U})
            packets.push_back(ack(5000 + i, {.id = i}, {.src_port = port}));
    const auto writes = write(packets);
    ASSERT_EQ(writes.size(), 2U);
    EXPECT_EQ(writes[0].packet, packets.end()[-2]);
    EXPECT_EQ(writes[1].packet, packets.end()[-1]);
    EXPECT_EQ(writes[0].originals.size(), Coalescer::kCapacity / 2);
    // Whatever lies between keeps its place, and so does each acknowledgment around it.
    EXPECT_EQ(sizes({ack(1), ack(2), tcp10(1000), ack(3), ack(4), ack(4), ack(5), udp_packet("a"),
                     ack(6)}),
              (Sizes{2, 1, 2, 3, 1}));
}

TEST_F(CoalescerTest, InterleavedFlowsEachCoalesce) {
    std::vector<Buffer> packets;
    for (std::uint32_t i = 0; i < 8; ++i)
        for (std::size_t flow = 0; flow < 8; ++flow)
            packets.push_back(tcp10(1000 + 10 * i, {}, {.src_port = 40000 + flow}));
    EXPECT_EQ(sizes(packets), Sizes(8, 8));
}

TEST_F(CoalescerTest, NothingOvertakesAPacketOfItsFlow) {
    // The acknowledgment goes alone, where it was; what follows begins anew.
    EXPECT_EQ(sizes({tcp10(1000), tcp10(1010), tcp_packet({.sequence = 1020}, ""), tcp10(1020),
                     tcp10(1030)}),
              (Sizes{2, 1, 2}));
    // A flow that cannot be told holds up all of them.
    const Buffer options = tcp10(1, {.options = Buffer(4, std::byte{1})});
    EXPECT_EQ(sizes({tcp10(1000), options, tcp10(1010)}), (Sizes{1, 1, 1}));
    // What is neither TCP nor UDP holds up nobody.
    EXPECT_EQ(sizes({tcp10(1000), icmp_echo(1), tcp10(1010)}), (Sizes{2, 1}));
}

TEST_F(CoalescerTest, AGroupIsNoLongerThanAPacketCanBe) {
    const std::string payload(1240, 'x');
    std::vector<Buffer> packets;
    for (std::uint32_t i = 0; i < 60; ++i)
        packets.push_back(tcp_packet({.sequence = i * 1240}, payload));
    // 40 + 52 x 1240 = 64520; one more would exceed 65535
    EXPECT_EQ(sizes(packets), (Sizes{52, 8}));
    packets.clear();
    for (std::uint32_t i = 0; i < 70; ++i) packets.push_back(tcp10(i * 10));
    EXPECT_EQ(sizes(packets), (Sizes{64, 6}));  // UDP_MAX_SEGMENTS, for both
}

TEST_F(CoalescerTest, AKindTheKernelRefusesIsMergedNoMore) {
    coalescer.stop_merging(Offload::Kind::udp);
    EXPECT_EQ(sizes({udp_packet("aaaa"), udp_packet("bbbb"), tcp10(1000), tcp10(1010)}),
              (Sizes{1, 1, 2}));
}

TEST_F(CoalescerTest, RandomBatchesComeOutAsTheyWentInFlowByFlow) {
    std::mt19937 random(7);
    const auto one_of = [&](std::size_t count) { return random() % count; };
    for (int batch = 0; batch < 200; ++batch) {
        struct Flow {
            std::uint32_t sequence;
            std::size_t id;
        };
        std::map<std::size_t, Flow> flows;
        std::vector<Buffer> packets;
        for (std::size_t i = 0; i < Coalescer::kCapacity; ++i) {
            const std::size_t port = 40000 + one_of(5);
            Flow& flow = flows.try_emplace(port, Flow{static_cast<std::uint32_t>(random()), 0})
                             .first->second;
            const std::string payload(one_of(10) == 0 ? one_of(60) : 50, 'p');
            const IpFields fields{.v4 = port % 2 == 0, .id = flow.id++, .host = 2};
            if (port == 40004) {
                packets.push_back(udp_packet(payload, fields, port));
            } else {
                const int flags = kAck | (one_of(12) == 0 ? kPsh : 0);
                if (one_of(15) == 0) flow.sequence += 7;
                packets.push_back(
                    tcp_packet({.sequence = flow.sequence, .flags = flags, .src_port = port},
                               payload, fields));
                flow.sequence += static_cast<std::uint32_t>(payload.size());
            }
            if (one_of(20) == 0) packets.back().back() ^= std::byte{1};
        }
        const auto key = [](const Buffer& packet) {  // version and source port
            const bool v4 = (packet[0] & std::byte{0xf0}) == std::byte{0x40};
            return load_be<std::uint16_t>(packet.data() + (v4 ? 20 : 40));
        };
        std::map<std::size_t, std::vector<Buffer>> expected, actual;
        for (const Buffer& packet : packets) expected[key(packet)].push_back(packet);
        std::size_t merged = 0;
        for (const Written& written : write(packets)) {
            merged += written.originals.size() > 1 ? 1 : 0;
            for (Buffer& segment : slow_segments(written.packet, written.offload))
                actual[key(segment)].push_back(std::move(segment));
        }
        ASSERT_EQ(actual, expected) << "batch " << batch;
        EXPECT_GT(merged, 0U);
    }
}

}  // namespace
}  // namespace fz::wire
