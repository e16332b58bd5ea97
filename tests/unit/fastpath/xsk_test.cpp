// A ring on a virtual cable: frames in one end, out of the ring at the other.
#include "fastpath/xsk.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <sys/socket.h>

#include <array>
#include <memory>

#include "fastpath/steering.h"
#include "unit/fastpath/frames.h"
#include "unit/os/private_netns.h"

namespace fz::fastpath {
namespace {

using namespace fz::test;

class XskTest : public PrivateNetns {
  protected:
    void SetUp() override {
        PrivateNetns::SetUp();
        if (IsSkipped()) return;
        output_of(
            "ip link add here type veth peer name there;"
            "for i in here there; do sysctl -qw net.ipv6.conf.$i.disable_ipv6=1;"
            "ip link set $i up; done");
        steering_ = std::make_unique<Steering>(Steering::load().value());
        xsk_ = Xsk::open("here", 0).value();
        const std::array ours{ip("198.51.100.1")};
        const std::array<std::uint16_t, 1> ports{kOurPort};
        ASSERT_TRUE(steering_->set_addresses(ours));
        ASSERT_TRUE(steering_->set_ports(ports));
        ASSERT_TRUE(steering_->set_socket(0, xsk_->fd()));
        ASSERT_TRUE(steering_->attach(::if_nametoindex("here"), AttachMode::native));
        wire_ = os::UniqueFd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    }
    /// Each is in the ring, or lost, when this returns.
    void send_frames(int count) {
        sockaddr_ll to{};
        to.sll_family = AF_PACKET;
        to.sll_ifindex = static_cast<int>(::if_nametoindex("there"));
        const Buffer frame = v4_frame(data_message());
        for (int i = 0; i < count; ++i)
            ASSERT_EQ(::sendto(wire_.get(), frame.data(), frame.size(), 0,
                               reinterpret_cast<const sockaddr*>(&to), sizeof to),
                      static_cast<ssize_t>(frame.size()));
    }
    std::size_t take_all() {
        std::size_t taken = 0;
        lost_ = {};
        for (;;) {
            FrameBatch batch;
            const FrameReport report = xsk_->receive(batch);
            EXPECT_EQ(report.malformed, 0U);
            lost_.ring_full += report.ring_full;
            lost_.ring_starved += report.ring_starved;
            if (batch.empty()) return taken;
            for (const wire::IncomingTrain& train : batch)
                EXPECT_TRUE(std::ranges::equal(train.bytes, data_message()));
            taken += batch.size();
        }
    }

    std::unique_ptr<Steering> steering_;
    std::unique_ptr<Xsk> xsk_;
    os::UniqueFd wire_;
    FrameReport lost_;  // as the last take_all was told
};

TEST_F(XskTest, TakesFramesOutInBatches) {
    send_frames(3);
    FrameBatch batch;
    EXPECT_EQ(xsk_->receive(batch).malformed, 0U);
    EXPECT_EQ(batch.size(), 3U);
    send_frames(kFramesPerReceive + 1);
    EXPECT_EQ(take_all(), kFramesPerReceive + 1);
}

TEST_F(XskTest, FramesComeRoundForever) {
    for (int round = 0; round < 40; ++round) {
        send_frames(200);
        ASSERT_EQ(take_all(), 200U) << round;
    }
    EXPECT_EQ(xsk_->statistics().fill_ring_empty, 0U);
}

TEST_F(XskTest, TheKernelGetsMoreFramesOnceItHasUsedUpItsOwn) {
    send_frames(600);
    EXPECT_EQ(take_all(), 512U);
    EXPECT_EQ(lost_.ring_starved, 88U);
    send_frames(900);
    EXPECT_EQ(take_all(), 900U);
    send_frames(1100);
    EXPECT_EQ(take_all(), 1024U);
    EXPECT_EQ(lost_.ring_starved, 76U);
    send_frames(1100);
    EXPECT_EQ(take_all(), 1100U);
    EXPECT_EQ(lost_.ring_starved, 0U);
}

TEST_F(XskTest, EveryFrameIsTakenOrToldAsLostWhateverItFoundFull) {
    std::size_t taken = 0;
    std::uint64_t starved = 0, full = 0;
    for (int round = 0; round < 6; ++round) {
        send_frames(3000);
        taken += take_all();
        starved += lost_.ring_starved;
        full += lost_.ring_full;
    }
    EXPECT_EQ(taken + starved + full, 18'000U);
    EXPECT_GT(starved, 0U);
    EXPECT_EQ(taken, 512U + 1024U + 4 * 2048U);
}

}  // namespace
}  // namespace fz::fastpath
