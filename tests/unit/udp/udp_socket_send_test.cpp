#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <cerrno>

#include "unit/os/private_netns.h"
#include "unit/udp/loopback.h"

namespace fz::udp {
namespace {

void set(const UdpSocket& socket, int level, int name, int value) {
    ASSERT_EQ(::setsockopt(socket.fd(), level, name, &value, sizeof value), 0);
}
std::uint64_t count_of(const ErrorTally& errors, int error) {
    std::uint64_t count = 0;
    for (const ErrorCount& each : errors) count += each.error == error ? each.count : 0;
    return count;
}

/// Makes the kernel refuse to segment (EINVAL) and take plain datagrams, or not: it does not
/// segment what has no checksum.
void refuse_segments(SocketPair& pair, bool refuse) {
    if (pair.sender.family() == Family::v4) {
        set(pair.sender, SOL_SOCKET, SO_NO_CHECK, refuse ? 1 : 0);
    } else {
        set(pair.sender, IPPROTO_UDP, UDP_NO_CHECK6_TX, refuse ? 1 : 0);
        set(pair.receiver, IPPROTO_UDP, UDP_NO_CHECK6_RX, refuse ? 1 : 0);
    }
}

using SendTest = Loopback;
INSTANTIATE_TEST_SUITE_P(Families, SendTest, ::testing::Values(Family::v4, Family::v6), name_of);

TEST_P(SendTest, LongTrainsAreSplitAndStayInOrder) {
    // An IPv4 packet holds 65535 - 68 bytes = 49 datagrams of 1316; of short ones the kernel takes
    // 64; twice 32768 bytes are too many.
    struct Case {
        std::size_t count, size;
        std::vector<std::size_t> buffers;
    };
    for (const Case& each :
         {Case{130, 1316, {49, 49, 33}}, Case{200, 10, {64, 64, 64, 9}}, Case{64, 10, {64, 1}},
          Case{63, 10, {64}}, Case{2, 32'768, {1, 1, 1}}}) {
        const std::string text = letters(each.count, each.size, "z");
        EXPECT_EQ(send({train(text, each.size)}).lost_datagrams, 0U);
        const auto received = receive_all();
        EXPECT_EQ(datagrams(received), cut(text, each.size));
        std::vector<std::size_t> buffers;
        for (const Received& in : received) buffers.push_back(cut(in.bytes, in.segment).size());
        EXPECT_EQ(buffers, each.buffers);
    }
}

TEST_P(SendTest, BadTrainsInTheMiddleEndNothing) {
    // TEST-NET-1 and the documentation prefix (RFC 5737, RFC 3849) are not ours to send from.
    const SocketAddr foreign{test::ip(GetParam() == Family::v4 ? "192.0.2.1" : "2001:db8::1"), 1};
    const std::string text = letters(3, 100);
    std::vector<wire::OutgoingTrain> trains(40, train(text, 100));
    trains[3].source = foreign;
    trains[33].destination.port = 0;
    const SendReport report = send(trains);
    EXPECT_EQ(report.lost_datagrams, 6U);
    EXPECT_EQ(report.lost_bytes, 600U);
    EXPECT_EQ(report.errors.total(), 6U);
    EXPECT_EQ(datagrams(receive_all()).size(), 38U * 3);
    EXPECT_TRUE(sender().segments());  // the addresses were at fault
}

TEST_P(SendTest, DatagramsOfTheOtherFamilyAreErrors) {
    wire::OutgoingTrain other = train("xx", 1);
    other.destination.ip = test::ip(GetParam() == Family::v4 ? "::1" : "127.0.0.1");
    const SendReport report = send({other, train("y", 1)});
    EXPECT_EQ(report.lost_datagrams, 2U);
    EXPECT_EQ(report.errors.total(), 2U);
    EXPECT_EQ(datagrams(receive_all()), Strings{"y"});
}

TEST_P(SendTest, ADatagramThatNoPacketHoldsIsLostAlone) {
    const std::string text = letters(1, 70'000);
    const SendReport report = send({train(text, 70'000), train("y", 1)});
    EXPECT_EQ(report.lost_datagrams, 1U);
    EXPECT_EQ(report.lost_bytes, 70'000U);
    EXPECT_EQ(count_of(report.errors, EMSGSIZE), 1U);
    EXPECT_EQ(datagrams(receive_all()), Strings{"y"});
}

TEST_P(SendTest, WhatIsNotSegmentedGoesOneByOneAndInOrder) {
    refuse_segments(*pair_, true);
    const std::string text = letters(60, 1312, "end");
    EXPECT_EQ(send({train("first", 5), train(text, 1312), train(text, 1312)}).lost_datagrams, 0U);
    Strings expected{"first"};
    append(expected, cut(text, 1312));
    append(expected, cut(text, 1312));
    const auto received = receive_all();
    EXPECT_EQ(datagrams(received), expected);
    EXPECT_EQ(received.size(), expected.size());  // each in its own packet
    EXPECT_TRUE(sender().segments());             // for other destinations
}

TEST(Send, TwoDestinationsThatRefuseInARowEndSegmentation) {
    const auto pair = SocketPair::of(Family::v4);
    ASSERT_TRUE(pair);
    // The number of packets that ten datagrams to `ip` arrived in.
    const auto packets = [&](const char* ip) {
        const std::string text = letters(10, 100);
        wire::OutgoingTrain out = pair->train(text, 100);
        out.destination.ip = test::ip(ip);
        EXPECT_EQ(pair->send({out}).lost_datagrams, 0U);
        const auto received = pair->receive_all();
        EXPECT_EQ(datagrams(received), cut(text, 100));
        return received.size();
    };
    refuse_segments(*pair, true);
    EXPECT_EQ(packets("127.0.0.1"), 10U);
    refuse_segments(*pair, false);
    EXPECT_EQ(packets("127.0.0.1"), 10U);  // remembered
    EXPECT_EQ(packets("127.0.0.2"), 1U);   // not this one's fault
    refuse_segments(*pair, true);
    EXPECT_EQ(packets("127.0.0.3"), 10U);
    EXPECT_TRUE(pair->sender.segments());
    EXPECT_EQ(packets("127.0.0.4"), 10U);
    EXPECT_FALSE(pair->sender.segments());
    refuse_segments(*pair, false);
    EXPECT_EQ(packets("127.0.0.2"), 10U);
}

TEST(Send, BadAddressesAreNotTakenForARefusal) {
    const auto pair = SocketPair::of(Family::v4);
    ASSERT_TRUE(pair);
    const std::string text = letters(10, 100, "end");
    for (const char* ip : {"127.0.0.1", "127.0.0.2", "127.0.0.3"}) {
        std::vector<wire::OutgoingTrain> trains(2, pair->train(text, 100));
        for (wire::OutgoingTrain& out : trains) out.destination.ip = test::ip(ip);
        trains[0].destination.port = 0;                           // EINVAL
        trains[1].source = SocketAddr{test::ip("192.0.2.1"), 1};  // EINVAL or ENETUNREACH
        const SendReport report = pair->send(trains);
        EXPECT_EQ(report.lost_datagrams, 22U);
        EXPECT_EQ(report.lost_bytes, 2006U);
        EXPECT_GE(count_of(report.errors, EINVAL), 11U);
    }
    EXPECT_TRUE(pair->sender.segments());
    pair->send({pair->train(text, 100)});
    EXPECT_EQ(pair->receive_all().size(), 1U);
}

/// Loopback interfaces that are made to be narrow or slow.
class SendInNetns : public test::PrivateNetns {
  protected:
    void SetUp() override {
        PrivateNetns::SetUp();
        if (!IsSkipped()) output_of("ip link set lo up");
    }
};

TEST_F(SendInNetns, DatagramsTooLongForThePathAreLostAndTheirTailIsNot) {
    output_of("ip link set lo mtu 1280");
    for (const Family family : {Family::v4, Family::v6}) {
        const auto pair = SocketPair::of(family);
        if (!pair) continue;
        const std::string text = letters(3, 1300, "tail");
        for (const char* ip : {"127.0.0.1", "127.0.0.2"}) {
            wire::OutgoingTrain out = pair->train(text, 1300);
            if (family == Family::v4) out.destination.ip = test::ip(ip);
            const SendReport report = pair->send({out, pair->train("behind", 6)});
            EXPECT_EQ(report.lost_datagrams, 3U);
            EXPECT_EQ(report.lost_bytes, 3900U);
            EXPECT_EQ(count_of(report.errors, EMSGSIZE), 3U);
            EXPECT_EQ(datagrams(pair->receive_all()), (Strings{"tail", "behind"}));
        }
        EXPECT_TRUE(pair->sender.segments());
    }
}

TEST_F(SendInNetns, WithoutARouteEverythingIsLostAndCounted) {
    const auto pair = SocketPair::of(Family::v4);
    ASSERT_TRUE(pair);
    const std::string text = letters(60, 1312);
    wire::OutgoingTrain nowhere = pair->train(text, 1312);
    nowhere.destination.ip = test::ip("192.0.2.1");
    const SendReport report = pair->send({nowhere, pair->train("here", 4)});
    EXPECT_EQ(report.lost_datagrams, 60U);
    EXPECT_EQ(count_of(report.errors, ENETUNREACH), 60U);
    EXPECT_EQ(datagrams(pair->receive_all()), Strings{"here"});
}

TEST_F(SendInNetns, AFullBufferKeepsTheRestAndNothingLeavesTwice) {
    // A queue holds the packets, and with them the socket's room, until their time has come.
    const std::string error =
        output_of("tc qdisc add dev lo root tbf rate 20mbit burst 4000 limit 10000000");
    if (!error.empty()) GTEST_SKIP() << "no token bucket: " << error;
    for (const bool refuse : {false, true}) {
        const auto pair = SocketPair::of(Family::v4);
        ASSERT_TRUE(pair);
        set(pair->sender, SOL_SOCKET, SO_SNDBUF, 1);  // the kernel's least
        refuse_segments(*pair, refuse);
        std::vector<std::string> texts;
        Strings expected;
        for (std::size_t i = 0; i < 30; ++i) {
            texts.push_back(letters(1 + (i * 7 + 60) % 90, 200 + i, std::to_string(i)));
            append(expected, cut(texts.back(), 200 + i));
        }
        std::vector<wire::OutgoingTrain> trains;
        for (std::size_t i = 0; i < texts.size(); ++i)
            trains.push_back(pair->train(texts[i], 200 + i));

        std::span<wire::OutgoingTrain> rest(trains);
        Strings arrived;
        int full = 0;
        for (int quiet = 0; quiet < 20 && arrived.size() < expected.size(); ++quiet) {
            const std::size_t before = arrived.size();
            EXPECT_EQ(pair->sender.send(rest).lost_datagrams, 0U);
            full += rest.empty() ? 0 : 1;
            pair->fence.wait();  // its datagram waits for tokens, too
            append(arrived, datagrams(pair->receive_all()));
            if (arrived.size() > before) quiet = 0;
        }
        EXPECT_TRUE(rest.empty());
        EXPECT_GT(full, 0);
        EXPECT_EQ(arrived, expected);
    }
}

}  // namespace
}  // namespace fz::udp
