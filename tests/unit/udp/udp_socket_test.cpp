#include "udp/udp_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "unit/udp/loopback.h"
#include "unit/worker/counting_new.h"

namespace fz::udp {
namespace {

using UdpSocketTest = Loopback;
INSTANTIATE_TEST_SUITE_P(Families, UdpSocketTest, ::testing::Values(Family::v4, Family::v6),
                         name_of);

TEST_P(UdpSocketTest, TellsSourceLocalAddressAndMarkOfEachTrain) {
    std::vector<wire::OutgoingTrain> trains;
    for (const Ecn ecn : {Ecn::not_ect, Ecn::ect0, Ecn::ect1, Ecn::ce}) {
        trains.push_back(train("hello hello", 6));
        trains.back().ecn = ecn;
        trains.back().source = at(sender());
    }
    EXPECT_EQ(send(trains).lost_datagrams, 0U);
    const auto received = receive_all();
    ASSERT_EQ(received.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(received[i].ecn, trains[i].ecn);
        EXPECT_EQ(received[i].source, at(sender()));
        EXPECT_EQ(received[i].local, at(receiver()));
        EXPECT_EQ(received[i].segment, 6U);
        EXPECT_EQ(received[i].bytes, "hello hello");
    }
}

TEST_P(UdpSocketTest, ATrainArrivesInOneBuffer) {
    for (const auto& [count, tail] : {std::pair{48, "end"}, {49, ""}, {1, "x"}, {2, ""}}) {
        const std::string text = letters(static_cast<std::size_t>(count), 1312, tail);
        EXPECT_EQ(send({train(text, 1312)}).lost_datagrams, 0U);
        const auto received = receive_all();
        ASSERT_EQ(received.size(), 1U);
        EXPECT_EQ(received[0].bytes, text);
        EXPECT_EQ(received[0].segment, 1312U);
    }
    EXPECT_TRUE(sender().segments());
}

TEST_P(UdpSocketTest, ATrainOfOneIsAPlainDatagram) {
    for (const std::size_t segment : {4U, 100U, 100'000U, 0U}) {  // 0: as wire::datagrams_in counts
        EXPECT_EQ(send({train("only", segment)}).lost_datagrams, 0U);
        const auto received = receive_all();
        ASSERT_EQ(received.size(), 1U);
        EXPECT_EQ(received[0].bytes, "only");
        EXPECT_EQ(received[0].segment, 4U);
    }
}

TEST_P(UdpSocketTest, NoBytesAreOneEmptyDatagram) {
    EXPECT_EQ(send({train("", 0), train("", 5), train("x", 1)}).lost_datagrams, 0U);
    EXPECT_EQ(datagrams(receive_all()), (Strings{"", "", "x"}));
}

TEST_P(UdpSocketTest, ADatagramLongerThanTheBufferIsCountedAndNeverBelieved) {
    send({train("before", 6), train(letters(3, 100), 100), train(letters(1, 201), 201),
          train(letters(2, 100), 100)});
    ReceiveBuffer small(200);
    TrainBatch batch;
    const ReceiveReport report = receiver().receive(small, batch);
    EXPECT_EQ(report.oversized, 2U);
    ASSERT_EQ(batch.size(), 2U);
    EXPECT_EQ(as_text(batch[0].bytes), "before");
    EXPECT_EQ(as_text(batch[1].bytes), letters(2, 100));
}

TEST_P(UdpSocketTest, WhatTheKernelCannotTellOfIsCountedAndNeverBelieved) {
    // A time stamp needs room that we did not make: it pushes the addresses and the mark out.
    const int on = 1;
    ASSERT_EQ(::setsockopt(receiver().fd(), SOL_SOCKET, SO_TIMESTAMP, &on, sizeof on), 0);
    send({train("aabb", 2), train("c", 1)});
    TrainBatch batch;
    ReceiveReport report = receiver().receive(pair_->buffer, batch);
    EXPECT_GE(report.unaddressed, 1U);
    EXPECT_EQ(report.unaddressed + batch.size(), 2U);
    for (const wire::IncomingTrain& in : batch) EXPECT_EQ(as_text(in.bytes), "c");

    const int off = 0;
    ASSERT_EQ(::setsockopt(receiver().fd(), SOL_SOCKET, SO_TIMESTAMP, &off, sizeof off), 0);
    send({train("aabb", 2)});
    EXPECT_EQ(datagrams(receive_all()), (Strings{"aa", "bb"}));
}

TEST_P(UdpSocketTest, TakesSinglesInLargeBurstsAndTrainsInSmallOnes) {
    send(std::vector<wire::OutgoingTrain>(50, train("x", 1)));
    TrainBatch batch;
    EXPECT_FALSE(receiver().receive(pair_->buffer, batch).drained);
    EXPECT_EQ(batch.size(), kMaxTrains);
    receive_all();

    send(std::vector<wire::OutgoingTrain>(50, train("xxyy", 2)));
    TrainBatch first, second;
    static_cast<void>(receiver().receive(pair_->buffer, first));
    static_cast<void>(receiver().receive(pair_->buffer, second));
    EXPECT_EQ(first.size(), kMaxTrains);  // it could not know
    EXPECT_EQ(second.size(), 4U);
}

TEST_P(UdpSocketTest, SilenceIsDrained) {
    TrainBatch batch;
    const ReceiveReport report = receiver().receive(pair_->buffer, batch);
    EXPECT_TRUE(batch.empty());
    EXPECT_TRUE(report.drained);
    EXPECT_TRUE(report.errors.empty());
}

TEST_P(UdpSocketTest, NeitherDirectionAllocates) {
    const std::string text = letters(60, 1312, "end");
    std::vector<wire::OutgoingTrain> trains(3, train(text, 1312));
    trains.push_back(train("x", 1));
    trains.push_back(train("bad", 1));
    trains.back().destination.port = 0;
    std::span<wire::OutgoingTrain> rest(trains);
    TrainBatch batch;
    const std::size_t before = test::allocations;
    const SendReport sent = sender().send(rest);
    pair_->fence.wait();
    const ReceiveReport received = receiver().receive(pair_->buffer, batch);
    EXPECT_EQ(test::allocations, before);
    EXPECT_EQ(sent.lost_datagrams, 3U);
    EXPECT_EQ(batch.size(), 7U);  // two buffers for each long train
    EXPECT_TRUE(received.drained);
}

TEST_P(UdpSocketTest, ADuplicateSendsFromTheSamePort) {
    auto twin = sender().duplicate();
    ASSERT_TRUE(twin);
    EXPECT_EQ(pair_->send(*twin, {train("twin", 4)}).lost_datagrams, 0U);
    const auto received = receive_all();
    ASSERT_EQ(received.size(), 1U);
    EXPECT_EQ(received[0].source, at(sender()));
}

TEST(UdpSockets, EachTrainLeavesFromItsSourceAndTellsItsDestination) {
    const auto pair = SocketPair::of(Family::v4);
    ASSERT_TRUE(pair);
    std::vector<wire::OutgoingTrain> trains(3, pair->train("aabb", 2));
    trains[0].source = SocketAddr{test::ip("127.0.0.2"), 1};  // the port does not count
    trains[1].source = SocketAddr{test::ip("127.0.0.3"), 2};
    trains[1].destination.ip = test::ip("127.0.0.4");
    pair->send(trains);
    const auto received = pair->receive_all();
    ASSERT_EQ(received.size(), 3U);
    const std::uint16_t from = pair->sender.port(), to = pair->receiver.port();
    EXPECT_EQ(received[0].source, (SocketAddr{test::ip("127.0.0.2"), from}));
    EXPECT_EQ(received[0].local, (SocketAddr{test::ip("127.0.0.1"), to}));
    EXPECT_EQ(received[1].source, (SocketAddr{test::ip("127.0.0.3"), from}));
    EXPECT_EQ(received[1].local, (SocketAddr{test::ip("127.0.0.4"), to}));
    EXPECT_EQ(received[2].source, (SocketAddr{test::ip("127.0.0.1"), from}));
}

}  // namespace
}  // namespace fz::udp
