#include "slowpath/udp_socket.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

namespace fz::slowpath {
namespace {

using dataplane::DatagramBatch;
using packet::FramePool;
using wire::Ecn;
using wire::Family;
using wire::IpAddr;
using wire::SocketAddr;

const UdpOptions kAnyPort{.preferred_port = 0};

UdpSocket bound(Family family) {
    auto socket = UdpSocket::bind(family, kAnyPort);
    EXPECT_TRUE(socket);
    return std::move(socket).value();
}

SocketAddr at(const char* ip, const UdpSocket& socket) {
    return {*IpAddr::parse(ip), socket.port()};
}

void wait_readable(const UdpSocket& socket) {
    pollfd waiting{.fd = socket.fd(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(::poll(&waiting, 1, 5000), 1);
}

class UdpSocketTest : public ::testing::TestWithParam<Family> {
  protected:
    void SetUp() override {
        auto probe = UdpSocket::bind(GetParam(), kAnyPort);
        if (!probe) GTEST_SKIP() << probe.error().to_string();
    }
    const char* loopback_ = GetParam() == Family::v4 ? "127.0.0.1" : "::1";
    FramePool pool_{128};
};
INSTANTIATE_TEST_SUITE_P(Families, UdpSocketTest, ::testing::Values(Family::v4, Family::v6),
                         [](const auto& family) {
                             return family.param == Family::v4 ? "v4" : "v6";
                         });

TEST_P(UdpSocketTest, TellsSourceLocalAddressAndEcn) {
    UdpSocket sender = bound(GetParam());
    UdpSocket receiver = bound(GetParam());
    const OutgoingView datagram{.source = at(loopback_, sender),
                                .destination = at(loopback_, receiver),
                                .ecn = Ecn::ce,
                                .payload = as_bytes("hello")};
    EXPECT_EQ(sender.send({&datagram, 1}).sent(), 1U);
    wait_readable(receiver);

    DatagramBatch batch;
    const ReceiveReport report = receiver.receive(pool_, batch);
    ASSERT_EQ(report.received, 1U);
    EXPECT_TRUE(report.drained);
    EXPECT_EQ(as_text(batch[0].packet.bytes()), "hello");
    EXPECT_EQ(batch[0].source, at(loopback_, sender));
    EXPECT_EQ(batch[0].local, at(loopback_, receiver));
    EXPECT_EQ(batch[0].ecn, Ecn::ce);
}

TEST_P(UdpSocketTest, EveryEcnMarkTravels) {
    UdpSocket sender = bound(GetParam());
    UdpSocket receiver = bound(GetParam());
    std::vector<OutgoingView> datagrams;
    for (const Ecn ecn : {Ecn::not_ect, Ecn::ect0, Ecn::ect1, Ecn::ce})
        datagrams.push_back({{}, at(loopback_, receiver), ecn, as_bytes("x")});
    EXPECT_EQ(sender.send(datagrams).sent(), 4U);
    DatagramBatch batch;
    ASSERT_EQ(receiver.receive(pool_, batch).received, 4U);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(batch[i].ecn, datagrams[i].ecn);
}

TEST_P(UdpSocketTest, OversizedDatagramsAreCountedAndTheRestArrives) {
    UdpSocket sender = bound(GetParam());
    UdpSocket receiver = bound(GetParam());
    const std::string longest(1316, 'a'), too_long(1317, 'b');
    const std::vector<OutgoingView> datagrams = {
        {{}, at(loopback_, receiver), Ecn::not_ect, as_bytes(longest)},
        {{}, at(loopback_, receiver), Ecn::not_ect, as_bytes(too_long)},
        {{}, at(loopback_, receiver), Ecn::not_ect, as_bytes("")},
        {{}, at(loopback_, receiver), Ecn::not_ect, as_bytes("end")}};
    EXPECT_EQ(sender.send(datagrams).sent(), 4U);
    DatagramBatch batch;
    const ReceiveReport report = receiver.receive(pool_, batch);
    EXPECT_EQ(report.received, 3U);
    EXPECT_EQ(report.oversized, 1U);
    EXPECT_EQ(batch[0].packet.size(), 1316U);
    EXPECT_EQ(batch[1].packet.size(), 0U);
    EXPECT_EQ(as_text(batch[2].packet.bytes()), "end");
}

TEST_P(UdpSocketTest, BadDatagramsInTheMiddleEndNothing) {
    UdpSocket sender = bound(GetParam());
    UdpSocket receiver = bound(GetParam());
    const SocketAddr to = at(loopback_, receiver);
    // TEST-NET-1 and the documentation prefix (RFC 5737, RFC 3849) are not ours to send from.
    const SocketAddr foreign{*IpAddr::parse(GetParam() == Family::v4 ? "192.0.2.1" : "2001:db8::1"),
                             1};
    std::vector<OutgoingView> datagrams;
    for (int i = 0; i < 40; ++i) datagrams.push_back({{}, to, Ecn::not_ect, as_bytes("good")});
    datagrams[3].source = foreign;
    datagrams[33].destination.port = 0;
    const SendReport report = sender.send(datagrams);
    EXPECT_EQ(report.handled, 40U);
    EXPECT_EQ(report.sent(), 38U);
    ASSERT_EQ(report.errors.size(), 2U);
    EXPECT_EQ(report.errors[0].index, 3U);
    EXPECT_EQ(report.errors[1].index, 33U);
    EXPECT_EQ(report.errors[1].error, EINVAL);

    DatagramBatch batch;
    EXPECT_EQ(receiver.receive(pool_, batch).received, 38U);
}

TEST_P(UdpSocketTest, DatagramsOfTheOtherFamilyAreErrors) {
    UdpSocket sender = bound(GetParam());
    const SocketAddr other{*IpAddr::parse(GetParam() == Family::v4 ? "::1" : "127.0.0.1"), 9};
    const OutgoingView datagram{{}, other, Ecn::not_ect, as_bytes("x")};
    const SendReport report = sender.send({&datagram, 1});
    EXPECT_EQ(report.handled, 1U);
    EXPECT_EQ(report.errors.size(), 1U);
}

TEST_P(UdpSocketTest, AFullBatchAndAnEmptyPoolLeaveTheRestInTheSocket) {
    UdpSocket sender = bound(GetParam());
    UdpSocket receiver = bound(GetParam());
    const std::vector<OutgoingView> datagrams(
        100, {{}, at(loopback_, receiver), Ecn::not_ect, as_bytes("x")});
    EXPECT_EQ(sender.send(datagrams).sent(), 100U);
    {
        DatagramBatch batch;
        const ReceiveReport report = receiver.receive(pool_, batch);
        EXPECT_EQ(report.received, 64U);
        EXPECT_FALSE(report.drained);
        FramePool small(5);
        DatagramBatch next;
        const ReceiveReport starved = receiver.receive(small, next);
        EXPECT_EQ(starved.received, 5U);
        EXPECT_FALSE(starved.drained);
    }
    DatagramBatch rest;
    const ReceiveReport report = receiver.receive(pool_, rest);
    EXPECT_EQ(report.received, 31U);
    EXPECT_TRUE(report.drained);
}

TEST_P(UdpSocketTest, ATakenPortIsReplacedByAFreeOne) {
    const UdpSocket first = bound(GetParam());
    const auto second = UdpSocket::bind(GetParam(), {.preferred_port = first.port()});
    ASSERT_TRUE(second);
    EXPECT_NE(second->port(), first.port());
    EXPECT_NE(second->port(), 0);
}

TEST_P(UdpSocketTest, SilenceIsDrained) {
    UdpSocket receiver = bound(GetParam());
    DatagramBatch batch;
    const ReceiveReport report = receiver.receive(pool_, batch);
    EXPECT_EQ(report.received, 0U);
    EXPECT_TRUE(report.drained);
    EXPECT_TRUE(report.errors.empty());
}

TEST(UdpSockets, BothFamiliesShareAPort) {
    const UdpSocket v4 = bound(Family::v4);
    const auto v6 = UdpSocket::bind(Family::v6, {.preferred_port = v4.port()});
    if (!v6) GTEST_SKIP() << v6.error().to_string();
    EXPECT_EQ(v6->port(), v4.port());
}

}  // namespace
}  // namespace fz::slowpath
