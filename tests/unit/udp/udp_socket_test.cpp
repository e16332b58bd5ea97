#include "udp/udp_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <numeric>
#include <set>

#include "unit/udp/loopback.h"

namespace fz::udp {
namespace {

using UdpSocketTest = Loopback;
INSTANTIATE_TEST_SUITE_P(Families, UdpSocketTest, ::testing::Values(Family::v4, Family::v6),
                         name_of);

using Strings = std::vector<std::string>;

/// `count` datagrams of `size` bytes, each of another letter, and a tail.
std::string letters(std::size_t count, std::size_t size, std::string_view tail = "") {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text.append(size, static_cast<char>('a' + i % 26));
    return text += tail;
}
Strings cut(const std::string& text, std::size_t segment) {
    Strings parts;
    for (std::size_t at = 0; at < text.size(); at += segment)
        parts.push_back(text.substr(at, segment));
    return parts;
}

TEST_P(UdpSocketTest, TellsSourceLocalAddressAndMarkOfEachTrain) {
    std::vector<wire::OutgoingTrain> trains;
    for (const Ecn ecn : {Ecn::not_ect, Ecn::ect0, Ecn::ect1, Ecn::ce}) {
        trains.push_back(train("hello hello", 6));
        trains.back().ecn = ecn;
        trains.back().source = at(*sender_);
    }
    EXPECT_EQ(send(trains).lost_datagrams, 0U);
    const auto received = receive_all();
    ASSERT_EQ(received.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(received[i].ecn, trains[i].ecn);
        EXPECT_EQ(received[i].source, at(*sender_));
        EXPECT_EQ(received[i].local, at(*receiver_));
        EXPECT_EQ(received[i].segment, 6U);
    }
    EXPECT_EQ(datagrams(received), (Strings{"hello ", "hello", "hello ", "hello", "hello ", "hello",
                                            "hello ", "hello"}));
}

TEST_P(UdpSocketTest, ATrainArrivesInOneBuffer) {
    const std::string text = letters(48, 1312, "end");
    EXPECT_EQ(send({train(text, 1312)}).lost_datagrams, 0U);
    const auto received = receive_all();
    ASSERT_EQ(received.size(), 1U);
    EXPECT_EQ(received[0].bytes, text);
    EXPECT_EQ(received[0].segment, 1312U);
}

TEST_P(UdpSocketTest, LongTrainsAreSplitAndStayInOrder) {
    // 65467 bytes of IPv4 hold 49 of 1316; 64 datagrams is the kernel's limit for short ones.
    for (const auto& [count, size] : {std::pair<std::size_t, std::size_t>{130, 1316}, {200, 10}}) {
        const std::string text = letters(count, size, "z");
        EXPECT_EQ(send({train(text, size)}).lost_datagrams, 0U);
        const auto received = receive_all();
        EXPECT_EQ(datagrams(received), cut(text, size));
        EXPECT_GE(received.size(), 3U);
    }
}

TEST_P(UdpSocketTest, ManyTrainsOfAllShapesArriveAsThePlainDatagramsWould) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < 100; ++i)
        texts.push_back(letters(i % 7, 20 + i, i % 3 == 0 ? "" : "tail"));
    std::vector<wire::OutgoingTrain> trains;
    Strings expected;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        trains.push_back(train(texts[i], 20 + i));
        if (texts[i].empty()) expected.emplace_back();
        for (const std::string& part : cut(texts[i], 20 + i)) expected.push_back(part);
    }
    EXPECT_EQ(send(trains).lost_datagrams, 0U);
    EXPECT_EQ(datagrams(receive_all()), expected);
}

TEST_P(UdpSocketTest, BadTrainsInTheMiddleEndNothing) {
    // TEST-NET-1 and the documentation prefix (RFC 5737, RFC 3849) are not ours to send from.
    const SocketAddr foreign{*IpAddr::parse(GetParam() == Family::v4 ? "192.0.2.1" : "2001:db8::1"),
                             1};
    const std::string text = letters(3, 100);
    std::vector<wire::OutgoingTrain> trains(40, train(text, 100));
    trains[3].source = foreign;
    trains[33].destination.port = 0;
    const SendReport report = send(trains);
    EXPECT_EQ(report.lost_datagrams, 6U);
    EXPECT_EQ(report.lost_bytes, 600U);
    EXPECT_EQ(report.errors.total(), 6U);
    EXPECT_EQ(datagrams(receive_all()).size(), 38U * 3);
    EXPECT_TRUE(sender_->segments());  // the addresses were at fault
}

TEST_P(UdpSocketTest, ARefusalToSegmentIsRememberedAndLosesNothing) {
    if (GetParam() == Family::v6) return;  // there the kernel segments without checksums, too
    const int on = 1;
    ASSERT_EQ(::setsockopt(sender_->fd(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on), 0);
    const std::string text = letters(10, 100, "end");
    EXPECT_EQ(send({train(text, 100), train(text, 100)}).lost_datagrams, 0U);
    EXPECT_FALSE(sender_->segments());
    Strings expected = cut(text, 100);
    for (const std::string& part : cut(text, 100)) expected.push_back(part);
    EXPECT_EQ(datagrams(receive_all()), expected);
}

TEST_P(UdpSocketTest, AFullBufferKeepsTheRestAndNothingLeavesTwice) {
    const int small = 20'000;
    ASSERT_EQ(::setsockopt(sender_->fd(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    const std::string text = letters(20, 1000);
    std::vector<wire::OutgoingTrain> trains(40, train(text, 1000));
    std::span<wire::OutgoingTrain> rest(trains);
    Strings arrived;
    for (int attempt = 0; attempt < 10'000 && !rest.empty(); ++attempt) {
        EXPECT_EQ(sender_->send(rest).lost_datagrams, 0U);
        for (std::string& datagram : datagrams(receive_all()))
            arrived.push_back(std::move(datagram));
    }
    ASSERT_TRUE(rest.empty());
    ASSERT_EQ(arrived.size(), 800U);
    for (std::size_t i = 0; i < arrived.size(); ++i)
        ASSERT_EQ(arrived[i], std::string(1000, static_cast<char>('a' + i % 20)));
}

TEST_P(UdpSocketTest, DatagramsOfTheOtherFamilyAreErrors) {
    wire::OutgoingTrain other = train("xx", 1);
    other.destination.ip = *IpAddr::parse(GetParam() == Family::v4 ? "::1" : "127.0.0.1");
    const SendReport report = send({other});
    EXPECT_EQ(report.lost_datagrams, 2U);
    EXPECT_EQ(report.errors.total(), 2U);
}

TEST_P(UdpSocketTest, TakesSinglesInLargeBurstsAndTrainsInSmallOnes) {
    send(std::vector<wire::OutgoingTrain>(50, train("x", 1)));
    TrainBatch batch;
    EXPECT_FALSE(receiver_->receive(buffer_, batch).drained);
    EXPECT_EQ(batch.size(), kMaxTrains);
    receive_all();

    send(std::vector<wire::OutgoingTrain>(50, train("xxyy", 2)));
    TrainBatch first, second;
    static_cast<void>(receiver_->receive(buffer_, first));
    static_cast<void>(receiver_->receive(buffer_, second));
    EXPECT_EQ(first.size(), kMaxTrains);  // it could not know
    EXPECT_EQ(second.size(), 4U);
}

TEST_P(UdpSocketTest, SilenceIsDrained) {
    TrainBatch batch;
    const ReceiveReport report = receiver_->receive(buffer_, batch);
    EXPECT_TRUE(batch.empty());
    EXPECT_TRUE(report.drained);
    EXPECT_TRUE(report.errors.empty());
}

TEST_P(UdpSocketTest, ATakenPortIsReplacedByAFreeOne) {
    for (const std::size_t count : {1U, 3U}) {  // also for a group, whose sockets would share
        const auto second =
            UdpSocket::bind_group(GetParam(), {.preferred_port = receiver_->port()}, count);
        ASSERT_TRUE(second);
        EXPECT_NE(second->front().port(), receiver_->port());
        EXPECT_NE(second->front().port(), 0);
    }
}

TEST_P(UdpSocketTest, AGroupSharesAPortAndEachFlowStaysWithOneOfThem) {
    auto group = UdpSocket::bind_group(GetParam(), {.preferred_port = 0}, 3);
    ASSERT_TRUE(group);
    for (const UdpSocket& socket : *group) EXPECT_EQ(socket.port(), group->front().port());
    for (int flow = 0; flow < 20; ++flow) {
        auto client = UdpSocket::bind(GetParam(), {.preferred_port = 0});
        ASSERT_TRUE(client);
        wire::OutgoingTrain one = train("flow", 4);
        one.destination = at(group->front());
        for (int i = 0; i < 5; ++i) {
            wire::OutgoingTrain copy = one;
            std::span<wire::OutgoingTrain> rest(&copy, 1);
            EXPECT_EQ(client->send(rest).lost_datagrams, 0U);
        }
        std::size_t holders = 0;
        for (UdpSocket& socket : *group) {
            const std::size_t got = datagrams(receive_all(socket)).size();
            EXPECT_TRUE(got == 0 || got == 5);
            holders += got == 5 ? 1 : 0;
        }
        EXPECT_EQ(holders, 1U);
    }
}

TEST_P(UdpSocketTest, ADuplicateSendsFromTheSamePort) {
    auto twin = sender_->duplicate();
    ASSERT_TRUE(twin);
    wire::OutgoingTrain one = train("twin", 4);
    std::span<wire::OutgoingTrain> rest(&one, 1);
    EXPECT_EQ(twin->send(rest).lost_datagrams, 0U);
    const auto received = receive_all();
    ASSERT_EQ(received.size(), 1U);
    EXPECT_EQ(received[0].source, at(*sender_));
}

TEST(UdpSockets, BothFamiliesShareAPort) {
    const auto v4 = UdpSocket::bind(Family::v4, {.preferred_port = 0});
    ASSERT_TRUE(v4);
    const auto v6 = UdpSocket::bind(Family::v6, {.preferred_port = v4->port()});
    if (!v6) GTEST_SKIP() << v6.error().to_string();
    EXPECT_EQ(v6->port(), v4->port());
}

}  // namespace
}  // namespace fz::udp
