// A kernel that is short of memory or room on every call now and then: no packet is lost without a
// name, and none of its flow's others changes its place.
#include "unit/worker/refused_calls.h"

#include <linux/if_ether.h>
#include <netinet/in.h>

#include <map>

#include "unit/wire/segments.h"
#include "unit/worker/one_worker.h"

namespace fz::worker {
namespace {

using dataplane::Drop;

constexpr std::size_t kHeaders = 20 + 8;

class RefusedCallsTest : public OneWorker {
  protected:
    void SetUp() override {
        OneWorker::SetUp();
        if (IsSkipped()) return;
        captured_ = os::UniqueFd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_ll at{};
        at.sll_family = AF_PACKET;
        at.sll_protocol = htons(ETH_P_IP);
        at.sll_ifindex = static_cast<int>(::if_nametoindex("fz-test"));
        ASSERT_EQ(::bind(captured_.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    }
    void TearDown() override {
        refused_calls = {};
        OneWorker::TearDown();
    }

    /// Number `i` of the client's flow to `port`.
    static Buffer numbered(std::uint16_t port, std::uint32_t i) {
        Buffer datagram = test::udp(5000, port, 20);
        store_be(datagram.data() + 8, i);
        return around({.id = i}, kUdp, std::move(datagram), 6);
    }
    /// Adds what the host got from the device, each datagram by its number; merged ones are cut.
    void collect() {
        Buffer room(65536);
        sockaddr_ll from{};
        socklen_t size = sizeof from;
        ssize_t length = 0;
        while ((length = ::recvfrom(captured_.get(), room.data(), room.size(), 0,
                                    reinterpret_cast<sockaddr*>(&from), &size)) > 0) {
            if (from.sll_pkttype == PACKET_OUTGOING) continue;
            const auto port = load_be<std::uint16_t>(room.data() + 22);
            for (std::size_t at = kHeaders; at < static_cast<std::size_t>(length); at += 20)
                arrived_[port].push_back(load_be<std::uint32_t>(room.data() + at));
        }
    }
    static bool ascends(const std::vector<std::uint32_t>& numbers) {
        return std::adjacent_find(numbers.begin(), numbers.end(), std::greater_equal{}) ==
               numbers.end();
    }

    os::UniqueFd captured_;
    std::map<std::uint16_t, std::vector<std::uint32_t>> arrived_;
};

TEST_F(RefusedCallsTest, TheDeviceRefusesNowAndThen) {
    const int errors[] = {0, EAGAIN, 0, ENOBUFS, ENOBUFS, 0, EAGAIN};
    refused_calls.writev = errors;
    std::uint32_t number = 0;
    for (int train = 0; train < 40; ++train) {
        std::vector<Buffer> packets;
        for (int i = 0; i < 12; ++i)  // two flows, in runs that can be merged
            packets.push_back(numbered(i / 3 % 2 == 0 ? 53 : 54, ++number));
        client_sends(packets);
        turn();
        collect();
    }
    EXPECT_GT(refused_calls.refused, 50U);
    const std::uint64_t lost = drops(to_resource(), Drop::tun_refused);
    EXPECT_GT(lost, 0U);
    EXPECT_EQ(to_resource().received, number);
    EXPECT_EQ(to_resource().delivered, number - lost);
    EXPECT_EQ(to_resource().dropped_total(), lost);
    EXPECT_EQ(arrived_[53].size() + arrived_[54].size(), number - lost);
    EXPECT_TRUE(ascends(arrived_[53]));
    EXPECT_TRUE(ascends(arrived_[54]));
}

TEST_F(RefusedCallsTest, AMergedWriteThatFindsNoMemoryLosesNothingIfItsPacketsPassAlone) {
    const int errors[] = {ENOBUFS, 0, 0, 0};
    refused_calls.writev = errors;
    client_sends({numbered(53, 1), numbered(53, 2), numbered(53, 3)});
    turn();
    collect();
    EXPECT_EQ(refused_calls.refused, 1U);
    EXPECT_EQ(to_resource().delivered, 3U);
    EXPECT_EQ(arrived_[53], (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST_F(RefusedCallsTest, TheSocketRefusesNowAndThen) {
    const int errors[] = {0, ENOBUFS, 0, EAGAIN, EAGAIN, 0, EAGAIN, 0};
    refused_calls.sendmmsg = errors;
    const os::UniqueFd into_tun(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(ETH_P_IP);
    to.sll_ifindex = static_cast<int>(::if_nametoindex("fz-test"));
    std::vector<std::uint64_t> heard;
    for (std::uint32_t i = 0; i < 60; ++i) {
        const Buffer answer = packet("10.1.2.3", "100.64.0.2", kUdp, test::udp(53, 5000, 20));
        ASSERT_GT(::sendto(into_tun.get(), answer.data(), answer.size(), 0,
                           reinterpret_cast<const sockaddr*>(&to), sizeof to),
                  0);
        turn();
        fence_->wait();
        udp::ReceiveBuffer buffer;
        udp::TrainBatch batch;
        static_cast<void>(theirs_->receive(buffer, batch));
        for (const wire::IncomingTrain& train : batch)
            heard.push_back(load_le<std::uint64_t>(train.bytes.data() + 8));
    }
    const std::uint64_t lost = drops(to_client(), Drop::socket_refused);
    EXPECT_GT(lost, 0U);
    EXPECT_EQ(to_client().received, 60U);
    EXPECT_EQ(to_client().delivered, 60 - lost);
    EXPECT_EQ(heard.size(), 60 - lost);
    EXPECT_EQ(std::adjacent_find(heard.begin(), heard.end(), std::greater_equal{}), heard.end());
}

}  // namespace
}  // namespace fz::worker
