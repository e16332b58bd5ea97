#include "doors/xdp_door.h"

#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>

#include "unit/doors/two_workers.h"
#include "unit/fastpath/frames.h"

namespace fz::doors {
namespace {

using namespace fz::test;

constexpr std::size_t kQueues = 4;

class XdpDoorTest : public TwoWorkers {
  protected:
    void SetUp() override {
        TwoWorkers::SetUp();
        wire_ = os::UniqueFd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    }

    static std::unique_ptr<XdpDoor> open(const std::string& interface, worker::Team& team) {
        const Ours ours{.addresses = {ip("198.51.100.1")}, .ports = {kOurPort}, .relays = {}};
        return XdpDoor::open(os::read_interface(interface).value(), fastpath::AttachMode::native,
                             ours, team)
            .value();
    }
    /// A frame of data enters at the other end; the port decides through which queue it comes.
    void send(const std::string& other_end, std::size_t source_port) {
        sockaddr_ll to{};
        to.sll_family = AF_PACKET;
        to.sll_ifindex = static_cast<int>(::if_nametoindex(other_end.c_str()));
        const Buffer frame = v4_frame(data_message(), {.source_port = source_port});
        EXPECT_EQ(::sendto(wire_.get(), frame.data(), frame.size(), 0,
                           reinterpret_cast<const sockaddr*>(&to), sizeof to),
                  static_cast<ssize_t>(frame.size()));
    }
    /// On which queue of the door the one frame lies that nobody has read yet.
    static std::size_t await_frame(const XdpDoor& door) {
        std::array<pollfd, kQueues> rings;
        for (std::size_t queue = 0; queue < kQueues; ++queue)
            rings[queue] = {.fd = door.ring(queue).fd(), .events = POLLIN, .revents = 0};
        EXPECT_EQ(::poll(rings.data(), kQueues, 1000), 1);
        for (std::size_t queue = 0; queue < kQueues; ++queue)
            if (rings[queue].revents != 0) return queue;
        return kQueues;
    }
    /// What each worker takes in when all of them read all of their rings.
    std::array<std::uint64_t, kWorkers> taken_in_a_turn() {
        std::array<std::uint64_t, kWorkers> taken;
        for (std::size_t i = 0; i < kWorkers; ++i) {
            worker::Worker& worker = team->worker(i);
            const std::uint64_t before = worker.counters().to_resource.received;
            worker.turn(~worker::Readiness::Set{0} << worker::Worker::kFirstRing);
            taken[i] = worker.counters().to_resource.received - before;
        }
        return taken;
    }

  private:
    os::UniqueFd wire_;
};

TEST_F(XdpDoorTest, QueuesTakeTurnsAmongTheWorkers) {
    const auto left = open("left", *team);
    const auto right = open("right", *team);
    ASSERT_EQ(left->queues(), kQueues);
    ASSERT_EQ(right->queues(), kQueues);
    const std::pair<const XdpDoor*, std::string> ways[] = {{left.get(), "left-end"},
                                                           {right.get(), "right-end"}};
    for (const auto& [door, other_end] : ways) {
        std::array<std::uint64_t, kQueues> frames{};
        // Each port's queue is as good as random: one of four is missed by all of them once in
        // 1e24.
        for (std::size_t port = 1; port <= 200; ++port) {
            send(other_end, port);
            const std::size_t queue = await_frame(*door);
            ASSERT_LT(queue, kQueues);
            ++frames[queue];
            std::array<std::uint64_t, kWorkers> wanted{};
            wanted[queue % kWorkers] = 1;
            ASSERT_EQ(taken_in_a_turn(), wanted) << "queue " << queue << " of " << other_end;
        }
        for (unsigned queue = 0; queue < kQueues; ++queue) {
            EXPECT_GT(frames[queue], 0U) << queue;
            EXPECT_EQ(door->steering().verdicts(queue).frames[fz_steered_data], frames[queue]);
        }
    }
}

TEST_F(XdpDoorTest, AClosedDoorLeavesTheOtherOpen) {
    auto left = open("left", *team);
    const auto right = open("right", *team);
    left.reset();
    EXPECT_FALSE(has_program("left"));
    send("right-end", 1);
    const std::size_t queue = await_frame(*right);
    ASSERT_LT(queue, kQueues);
    EXPECT_EQ(taken_in_a_turn()[queue % kWorkers], 1U);
}

}  // namespace
}  // namespace fz::doors
