#include "tun/tun_device.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "unit/os/private_netns.h"
#include "wire/ip_addr.h"

namespace fz::tun {
namespace {

using packet::Batch;
using packet::FramePool;

class TunDeviceTest : public test::PrivateNetns {
  protected:
    /// Sends one UDP datagram of `size` payload bytes into the tunnel, through the kernel.
    static void send_through_kernel(std::size_t size) {
        const os::UniqueFd socket(::socket(AF_INET, SOCK_DGRAM, 0));
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(9);
        ::inet_pton(AF_INET, "100.64.0.2", &to.sin_addr);
        const std::vector<std::byte> payload(size);
        ASSERT_EQ(::sendto(socket.get(), payload.data(), size, 0,
                           reinterpret_cast<const sockaddr*>(&to), sizeof to),
                  static_cast<ssize_t>(size));
    }
    static void bring_up() {
        output_of(
            "ip link set lo up; ip addr add 100.64.0.1/32 dev fz-test;"
            "ip link set fz-test mtu 1280 up; ip route add 100.64.0.2/32 dev fz-test");
    }

    FramePool pool_{128};
};

TEST_F(TunDeviceTest, ReadsWholePacketsInOrder) {
    auto device = TunDevice::create("fz-test", 1);
    ASSERT_TRUE(device) << device.error().to_string();
    bring_up();
    for (const std::size_t size : {100U, 200U, 300U}) send_through_kernel(size);

    std::vector<std::size_t> sizes;
    for (bool drained = false; !drained;) {
        Batch batch;
        drained = device->queue(0).read_batch(pool_, batch, 8).drained;
        for (const auto& packet : batch)
            // The kernel multicasts over IPv6 as soon as the device is up.
            if ((packet.bytes()[0] & std::byte{0xf0}) == std::byte{0x40})
                sizes.push_back(packet.size());
    }
    EXPECT_EQ(sizes, (std::vector<std::size_t>{128, 228, 328}));  // IPv4 20 + UDP 8
    EXPECT_EQ(pool_.available(), 128U);
}

TEST_F(TunDeviceTest, TheBoundEndsACallBeforeTheQueueIsDrained) {
    auto device = TunDevice::create("fz-test", 1);
    ASSERT_TRUE(device);
    bring_up();
    for (int i = 0; i < 4; ++i) send_through_kernel(100);
    Batch batch;
    const ReadReport report = device->queue(0).read_batch(pool_, batch, 2);
    EXPECT_EQ(batch.size(), 2U);
    EXPECT_FALSE(report.drained);
}

TEST_F(TunDeviceTest, OversizedPacketsAreDroppedAndCountedBetweenGoodOnes) {
    auto device = TunDevice::create("fz-test", 1);
    ASSERT_TRUE(device);
    output_of("sysctl -w net.ipv6.conf.fz-test.disable_ipv6=1");
    bring_up();
    output_of("ip link set fz-test mtu 1500");
    send_through_kernel(100);
    send_through_kernel(1253);  // 1281 bytes with its headers
    send_through_kernel(1252);
    Batch batch;
    const ReadReport report = device->queue(0).read_batch(pool_, batch, 64);
    ASSERT_EQ(batch.size(), 2U);
    EXPECT_EQ(batch[1].size(), 1280U);
    EXPECT_EQ(report.oversized, 1U);
    EXPECT_TRUE(report.drained);
}

TEST_F(TunDeviceTest, WritesReachTheKernelAndErrorsAreReturned) {
    auto device = TunDevice::create("fz-test", 1);
    ASSERT_TRUE(device);
    // An ICMP echo request from 100.64.0.2 to 100.64.0.1; checksums by hand, RFC 1071.
    const unsigned char echo[] = {0x45, 0, 0,   28, 0, 1, 0, 0, 64,   1,    0xb2, 0x5d, 100, 64,
                                  0,    2, 100, 64, 0, 1, 8, 0, 0xf7, 0xfe, 0,    1,    0,   0};
    const Bytes request = std::as_bytes(std::span(echo));
    EXPECT_EQ(device->queue(0).write(request), EIO);  // the device is down
    bring_up();
    EXPECT_EQ(device->queue(0).write(request), 0);
    const std::byte nonsense[4]{};
    EXPECT_EQ(device->queue(0).write(nonsense), EINVAL);

    std::size_t replies = 0;
    for (bool drained = false; !drained;) {
        Batch batch;
        drained = device->queue(0).read_batch(pool_, batch, 64).drained;
        for (const auto& packet : batch)
            replies += packet.size() == 28 && packet.bytes()[9] == std::byte{1};
    }
    EXPECT_EQ(replies, 1U);
}

TEST_F(TunDeviceTest, HasSeveralQueues) {
    auto device = TunDevice::create("fz-test", 4);
    ASSERT_TRUE(device) << device.error().to_string();
    EXPECT_EQ(device->queue_count(), 4U);
}

TEST_F(TunDeviceTest, ASecondOwnerIsTurnedDownWithASentence) {
    const auto first = TunDevice::create("fz-test", 1);
    ASSERT_TRUE(first);
    const auto second = TunDevice::create("fz-test", 1);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().to_string(),
              "the device fz-test exists already: stop the gateway that owns it, or remove it with "
              "`ip link delete fz-test`");
}

}  // namespace
}  // namespace fz::tun
