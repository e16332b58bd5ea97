#include "tun/tun_device.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cerrno>

#include "unit/os/private_netns.h"
#include "unit/wire/packets.h"
#include "wire/checksum.h"
#include "wire/segmenter.h"

namespace fz::tun {
namespace {

using test::Buffer;
using test::ip;

/// A device with the host at 100.64.0.1 and everybody else behind it.
class TunDeviceTest : public test::PrivateNetns {
  protected:
    void SetUp() override {
        PrivateNetns::SetUp();
        if (IsSkipped()) return;
        auto created = TunDevice::create("fz-test", 1);
        ASSERT_TRUE(created) << created.error().to_string();
        device_ = std::make_unique<TunDevice>(std::move(*created));
    }
    static void bring_up() {
        output_of(
            "ip link set lo up; sysctl -qw net.ipv6.conf.fz-test.accept_dad=0;"
            "sysctl -qw net.ipv6.conf.fz-test.addr_gen_mode=1;"
            "ip addr add 100.64.0.1/32 dev fz-test; ip addr add fd00::1/128 dev fz-test;"
            "ip link set fz-test mtu 1280 up; ip route add 100.64.0.2/32 dev fz-test;"
            "ip route add fd00::2/128 dev fz-test");
    }
    TunQueue& queue() { return device_->queue(0); }
    /// Everything the kernel has sent, offloads undone; without its own multicasts.
    std::vector<Buffer> read_all() {
        std::vector<Buffer> packets;
        for (bool drained = false; !drained;) {
            buffer_.clear();
            drained = queue().read(buffer_, 64).drained;
            for (const wire::SuperPacket& packet : buffer_.packets()) {
                auto segments = wire::Segmenter::create(packet);
                EXPECT_TRUE(segments);
                super_packets_ += segments->count() > 1 ? 1 : 0;
                while (!segments->done()) {
                    const Bytes segment = segments->next();
                    packets.emplace_back(segment.begin(), segment.end());
                }
            }
        }
        std::erase_if(packets, [](const Buffer& packet) {
            const auto view = wire::IpPacketView::parse(packet);
            return !view || view->dst().is_multicast();
        });
        return packets;
    }

    std::unique_ptr<TunDevice> device_;
    ReadBuffer buffer_;
    std::size_t super_packets_ = 0;
};

/// A UDP socket of the host.
class HostSocket {
  public:
    explicit HostSocket(int family) : family_(family), fd_(::socket(family, SOCK_DGRAM, 0)) {
        if (family == AF_INET) {
            sockaddr_in any{};
            any.sin_family = AF_INET;
            any.sin_port = htons(7000);
            EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
        } else {
            sockaddr_in6 any{};
            any.sin6_family = AF_INET6;
            any.sin6_port = htons(7000);
            EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
        }
    }
    void send(std::size_t size, int segment = 0) {
        const int wanted = segment;
        EXPECT_EQ(
            ::setsockopt(fd_.get(), IPPROTO_UDP, 103 /* UDP_SEGMENT */, &wanted, sizeof wanted), 0);
        std::vector<std::byte> payload(size);
        for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<std::byte>(i % 251);
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(9);
        ::inet_pton(AF_INET, "100.64.0.2", &v4.sin_addr);
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(9);
        ::inet_pton(AF_INET6, "fd00::2", &v6.sin6_addr);
        const auto sent = family_ == AF_INET
                              ? ::sendto(fd_.get(), payload.data(), size, 0,
                                         reinterpret_cast<const sockaddr*>(&v4), sizeof v4)
                              : ::sendto(fd_.get(), payload.data(), size, 0,
                                         reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
        EXPECT_EQ(sent, static_cast<ssize_t>(size));
    }
    /// The payload sizes and first bytes of what has arrived, in order.
    std::vector<std::pair<std::size_t, int>> receive_all() {
        std::vector<std::pair<std::size_t, int>> all;
        std::array<unsigned char, 4096> bytes;
        for (;;) {
            const ssize_t size = ::recv(fd_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
            if (size < 0) return all;
            all.emplace_back(size, bytes[0]);
        }
    }

  private:
    int family_;
    os::UniqueFd fd_;
};

/// UDP from the far end to the host's socket, with a right checksum and a payload of `fill`.
Buffer datagram(bool v4, std::size_t payload, int fill) {
    const auto src = ip(v4 ? "100.64.0.2" : "fd00::2");
    const auto dst = ip(v4 ? "100.64.0.1" : "fd00::1");
    Buffer udp = test::udp(9, 7000, payload);
    std::fill(udp.begin() + 8, udp.end(), static_cast<std::byte>(fill));
    store_be(udp.data() + 6, wire::transport_checksum(src, dst, 17, udp));
    return v4 ? test::ipv4(src, dst, 17, udp) : test::ipv6(src, dst, 17, udp);
}

TEST_F(TunDeviceTest, ReadsWholePacketsInOrder) {
    bring_up();
    HostSocket host(AF_INET);
    for (const std::size_t size : {100U, 200U, 300U}) host.send(size);
    std::vector<std::size_t> sizes;
    for (const Buffer& packet : read_all()) sizes.push_back(packet.size());
    EXPECT_EQ(sizes, (std::vector<std::size_t>{128, 228, 328}));  // IPv4 20 + UDP 8
}

TEST_F(TunDeviceTest, TheBoundEndsACallBeforeTheQueueIsDrained) {
    bring_up();
    HostSocket host(AF_INET);
    for (int i = 0; i < 4; ++i) host.send(100);
    const ReadReport report = queue().read(buffer_, 2);
    EXPECT_EQ(buffer_.packets().size(), 2U);
    EXPECT_FALSE(report.drained);
}

TEST_F(TunDeviceTest, SuperPacketsOfTheKernelBecomeItsSegments) {
    if (device_->offloads() != Offloads::tcp_and_udp) GTEST_SKIP() << "kernel before 6.2";
    bring_up();
    for (const int family : {AF_INET, AF_INET6}) {
        HostSocket host(family);
        host.send(10'000 + 77, 1000);
        const auto packets = read_all();
        ASSERT_EQ(packets.size(), 11U);
        for (std::size_t i = 0; i < packets.size(); ++i) {
            const auto view = wire::IpPacketView::parse(packets[i]);
            ASSERT_TRUE(view);
            const Bytes udp = view->transport();
            EXPECT_EQ(udp.size(), 8 + (i == 10 ? 77U : 1000U));
            EXPECT_EQ(udp[8], static_cast<std::byte>(i * 1000 % 251));
            EXPECT_EQ(wire::transport_checksum(view->src(), view->dst(), 17, udp), 0);
        }
    }
    EXPECT_EQ(super_packets_, 2U);
}

TEST_F(TunDeviceTest, MergedDatagramsArriveOneByOneAtTheHostsSocket) {
    bring_up();
    for (const bool v4 : {true, false}) {
        HostSocket host(v4 ? AF_INET : AF_INET6);
        std::vector<Buffer> packets;
        std::vector<std::pair<std::size_t, int>> expected;
        for (int i = 0; i < 40; ++i) {
            const std::size_t size = i == 39 ? 300 : 1200;
            packets.push_back(datagram(v4, size, i));
            expected.emplace_back(size, i);
        }
        const std::vector<Bytes> views(packets.begin(), packets.end());
        const WriteReport report = queue().write(views);
        EXPECT_EQ(report.writes, 1U);
        EXPECT_EQ(report.packets, 40U);
        EXPECT_EQ(report.refused, 0U);
        EXPECT_EQ(host.receive_all(), expected);
    }
}

/// TCP that nobody knows, from the far end to the host: each one that arrives is answered by a
/// reset with its acknowledgment number.
Buffer acknowledgment(std::uint32_t number) {
    Buffer tcp(20);
    store_be(tcp.data(), std::uint32_t{9} << 16 | 7000);  // ports
    store_be(tcp.data() + 8, number);
    tcp[12] = std::byte{0x50};  // 20 bytes
    tcp[13] = std::byte{0x10};  // ACK
    const auto src = ip("100.64.0.2");
    const auto dst = ip("100.64.0.1");
    store_be(tcp.data() + 16, wire::transport_checksum(src, dst, 6, tcp));
    return test::ipv4(src, dst, 6, tcp);
}

TEST_F(TunDeviceTest, TheLastAcknowledgmentIsWrittenForAll) {
    bring_up();
    const std::vector<Buffer> packets{acknowledgment(7), acknowledgment(8), acknowledgment(9)};
    const WriteReport report = queue().write(std::vector<Bytes>(packets.begin(), packets.end()));
    EXPECT_EQ(report.writes, 1U);
    EXPECT_EQ(report.packets, 3U);
    EXPECT_EQ(report.replaced, 2U);
    const auto answers = read_all();
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(load_be<std::uint32_t>(answers[0].data() + 20 + 4), 9U);
}

TEST_F(TunDeviceTest, AcknowledgmentsThatAreNotTakenAreLostOneByOneAndRefuseNoMerge) {
    const std::vector<Buffer> packets{acknowledgment(7), acknowledgment(8)};
    const WriteReport report = queue().write(std::vector<Bytes>(packets.begin(), packets.end()));
    EXPECT_EQ(report.lost_packets, 2U);  // the device is down
    EXPECT_EQ(report.lost_bytes, 2U * 40);
    EXPECT_EQ(report.replaced, 0U);
    EXPECT_EQ(report.refused, 0U);
}

TEST_F(TunDeviceTest, ErrorsLoseTheirPacketsAndNoOthers) {
    const Buffer good = datagram(true, 100, 1);
    const Buffer nonsense(4);
    const std::vector<Bytes> packets{good, nonsense, good};
    WriteReport report = queue().write(packets);  // the device is down
    EXPECT_EQ(report.lost_packets, 3U);
    EXPECT_EQ(report.lost_bytes, 2 * good.size() + 4);
    ASSERT_FALSE(report.errors.empty());
    EXPECT_EQ(report.errors.begin()->error, EIO);

    bring_up();
    HostSocket host(AF_INET);
    const Buffer ethernet_like(60, std::byte{0x11});  // neither IPv4 nor IPv6
    const std::vector<Bytes> mixed{good, ethernet_like, good};
    report = queue().write(mixed);
    EXPECT_EQ(report.lost_packets, 1U);
    EXPECT_EQ(report.errors.begin()->error, EINVAL);
    EXPECT_EQ(host.receive_all().size(), 2U);
}

TEST_F(TunDeviceTest, HasSeveralQueues) {
    auto device = TunDevice::create("fz-many", 4);
    ASSERT_TRUE(device) << device.error().to_string();
    EXPECT_EQ(device->queue_count(), 4U);
}

TEST_F(TunDeviceTest, ASecondOwnerIsTurnedDownWithASentence) {
    const auto second = TunDevice::create("fz-test", 1);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().to_string(),
              "the device fz-test exists already: stop the gateway that owns it, or remove it with "
              "`ip link delete fz-test`");
}

}  // namespace
}  // namespace fz::tun
