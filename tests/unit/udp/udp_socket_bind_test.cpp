#include <set>

#include "unit/udp/loopback.h"

namespace fz::udp {
namespace {

class BindTest : public ::testing::TestWithParam<Family> {
  protected:
    void SetUp() override {
        const auto probe = UdpSocket::bind(GetParam(), {.preferred_port = 0});
        if (!probe) GTEST_SKIP() << probe.error().to_string();
    }
    static std::vector<UdpSocket> group(std::size_t count, std::uint16_t port = 0) {
        auto bound = UdpSocket::bind_group(GetParam(), {.preferred_port = port}, count);
        EXPECT_TRUE(bound);
        return std::move(bound).value();
    }
};
INSTANTIATE_TEST_SUITE_P(Families, BindTest, ::testing::Values(Family::v4, Family::v6), name_of);

TEST_P(BindTest, AFreePortIsTaken) {
    const std::uint16_t port = group(1).front().port();  // free again
    EXPECT_EQ(group(1, port).front().port(), port);
    for (const UdpSocket& socket : group(3, port)) EXPECT_EQ(socket.port(), port);
}

TEST_P(BindTest, AnyHolderOfThePortShowsEvenOneThatShares) {
    for (const std::size_t holders : {1U, 2U}) {
        const auto held = group(holders);
        for (const std::size_t count : {1U, 3U}) {
            const auto second = group(count, held.front().port());
            for (const UdpSocket& socket : second) {
                EXPECT_NE(socket.port(), held.front().port());
                EXPECT_EQ(socket.port(), second.front().port());
                EXPECT_NE(socket.port(), 0);
            }
        }
    }
}

TEST_P(BindTest, AGroupSharesItsFlowsAndEachStaysWithOneSocket) {
    constexpr int kFlows = 64;
    auto sockets = group(3);
    const auto buffers = SocketPair::of(GetParam());
    std::vector<UdpSocket> clients;
    for (int i = 0; i < kFlows; ++i)
        clients.push_back(UdpSocket::bind(GetParam(), {.preferred_port = 0}).value());

    for (int round = 0; round < 3; ++round)
        for (UdpSocket& client : clients) {
            wire::OutgoingTrain one = buffers->train("flow", 2);
            one.destination = SocketPair::at(sockets.front());
            EXPECT_EQ(buffers->send(client, {one}).lost_datagrams, 0U);
        }

    std::set<SocketAddr> seen;
    for (UdpSocket& socket : sockets) {
        std::multiset<SocketAddr> sources;
        for (const Received& in : buffers->receive_all(socket)) sources.insert(in.source);
        EXPECT_GT(sources.size(), 0U);  // nobody goes hungry: chance 3 * (2/3)^64
        for (const SocketAddr& source : sources) EXPECT_EQ(sources.count(source), 3U);
        seen.insert(sources.begin(), sources.end());
    }
    EXPECT_EQ(seen.size(), std::size_t{kFlows});
}

TEST_P(BindTest, BothFamiliesShareAPort) {
    const Family other = GetParam() == Family::v4 ? Family::v6 : Family::v4;
    const auto socket = group(2);
    const auto second = UdpSocket::bind_group(other, {.preferred_port = socket[0].port()}, 2);
    if (!second) GTEST_SKIP() << second.error().to_string();
    EXPECT_EQ(second->front().port(), socket[0].port());
}

}  // namespace
}  // namespace fz::udp
