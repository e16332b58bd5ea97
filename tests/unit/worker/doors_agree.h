// A worker between a real cable and a TUN device, whose packets come in through any of the doors,
// over either family, with either family inside.
#pragma once

#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <map>
#include <string>

#include "dataplane/drop.h"
#include "dataplane/gateway_path.h"
#include "fastpath/steering.h"
#include "os/clock.h"
#include "tun/tun_device.h"
#include "unit/dataplane/one_client.h"
#include "unit/fastpath/frames.h"
#include "unit/os/private_netns.h"
#include "unit/udp/fence.h"
#include "worker/worker.h"

namespace fz::worker {

using namespace fz::test;

/// Which door, over which family, with which family inside.
enum class Way { sockets, native, generic };
struct Journey {
    Way way;
    wire::Family outer;
    wire::Family inner;
};

/// Where tunnel packets come from and what they may reach, as the fixture grants it.
struct Inside {
    std::string_view client;
    std::string_view another_client;
    std::string_view open;
    std::string_view also_open;
    std::string_view filtered;
    std::string_view unknown;
    std::string_view prohibited;  ///< type and code of the ICMP error (RFC 1812 5.2.7.1, RFC 4443)
};
inline constexpr Inside kInsideV4{"100.64.0.2", "100.64.0.9", "10.1.2.3", "10.1.2.4",
                                  "10.2.0.1",   "10.9.9.9",   "3/13"};
inline constexpr Inside kInsideV6{"fd00:2021:1111::2",
                                  "fd00:2021:1111::9",
                                  "2001:db8:1::3",
                                  "2001:db8:1::4",
                                  "fd00:2::1",
                                  "fd00:9::9",
                                  "1/1"};

/// What crosses the cable to the gateway.
struct Outside {
    Sent from_client;
    Sent from_relay;
    Sent to_another_host;
    std::string_view loopback;
};
inline constexpr Outside kOutsideV4{.from_client = {},
                                    .from_relay = {.source = "192.0.2.10", .source_port = 3478},
                                    .to_another_host = {.destination = "198.51.100.77"},
                                    .loopback = "127.0.0.1"};
inline constexpr Outside kOutsideV6{
    .from_client = kSentV6,
    .from_relay = {.source = "2001:db8:10::10", .destination = "2001:db8::1", .source_port = 3478},
    .to_another_host = {.source = "2001:db8::5", .destination = "2001:db8::77"},
    .loopback = "::1"};

class DoorsAgree : public OneClientOf<PrivateNetns>, public ::testing::WithParamInterface<Journey> {
  protected:
    void SetUp() override {
        OneClientOf::SetUp();
        if (IsSkipped()) return;
        build_host();
        device_ = std::make_unique<tun::TunDevice>(tun::TunDevice::create("fz-test", 1).value());
        output_of(
            "sysctl -qw net.ipv6.conf.fz-test.disable_ipv6=0; ip addr add 10.1.2.3/32 dev fz-test;"
            "ip addr add 2001:db8:1::3/128 dev fz-test; ip link set fz-test mtu 1280 up");
        v4_ = bind(wire::Family::v4, kOurPort);
        v6_ = bind(wire::Family::v6, kOurPort);
        theirs_ = bind(GetParam().outer, 0);
        fence_ = std::make_unique<Fence>();
        doorbell_ = std::make_unique<Doorbell>(Doorbell::create().value());
        worker_ = Worker::create({v4_.get(), v6_.get(), &device_->queue(0)}, path_,
                                 crypto::AeadProvider::sodium, *doorbell_)
                      .value();
        connect_client();
        if (GetParam().way != Way::sockets) open_ring();
        captured_ = packet_socket(SOCK_DGRAM, "fz-test", ETH_P_ALL);
        wire_ = packet_socket(SOCK_RAW, "there", 0);
    }
    void TearDown() override {
        if (ring_ != nullptr) worker_->close_ring(*ring_);
        ring_.reset();
        steering_.reset();
        OneClientOf::TearDown();
    }

    static void build_host() {
        output_of(
            "sysctl -qw net.ipv6.conf.all.disable_ipv6=0; ip link set lo up;"
            "ip link add here address 02:00:00:00:00:01 type veth peer name there;"
            "sysctl -qw net.ipv6.conf.here.disable_ipv6=0 net.ipv6.conf.there.disable_ipv6=1;"
            "for i in here there; do sysctl -qw net.ipv4.conf.$i.rp_filter=0;"
            "ip link set $i up; done; sysctl -qw net.ipv4.conf.all.rp_filter=0;"
            "ip addr add 198.51.100.1/24 dev here; ip route add default via 198.51.100.9;"
            // The kernel works on this one in the background.
            "ip addr add 2001:db8::1/64 dev here nodad; for i in $(seq 500); do"
            " ip -6 route show table local | grep -q '^local 2001:db8::1 ' && break; sleep 0.01;"
            "done");
    }
    static std::unique_ptr<udp::UdpSocket> bind(wire::Family family, std::uint16_t port) {
        return std::make_unique<udp::UdpSocket>(
            udp::UdpSocket::bind(family, {.preferred_port = port}).value());
    }
    void connect_client() {
        now = os::read_monotonic_clock();
        session_ = install_session(2);
        grant("fd00:2::/32", {{policy::FilterProtocol::tcp, 80, 80}});
        channels_.bind(wire::ChannelNumber{0x4001});
        directory.set_relays({{kRelay, &channels_}, {kRelayV6, &channels_}});
        peer->set_path(
            {.destination = {ip(outside().loopback), theirs_->port()}, .source = {}, .channel = {}},
            directory.graveyard());
    }
    void open_ring() {
        steering_ = std::make_unique<fastpath::Steering>(fastpath::Steering::load().value());
        ring_ = fastpath::Xsk::open("here", 0).value();
        const std::vector ours{ip("198.51.100.1"), ip("2001:db8::1")};
        const std::vector<std::uint16_t> ports{kOurPort};
        const std::vector relays{kRelay, kRelayV6};
        ASSERT_TRUE(steering_->set_addresses(ours));
        ASSERT_TRUE(steering_->set_ports(ports));
        ASSERT_TRUE(steering_->set_relays(relays));
        ASSERT_TRUE(steering_->set_socket(0, ring_->fd()));
        ASSERT_TRUE(
            steering_->attach(::if_nametoindex("here"), GetParam().way == Way::native
                                                            ? fastpath::AttachMode::native
                                                            : fastpath::AttachMode::generic));
        ASSERT_TRUE(worker_->open_ring(*ring_));
    }
    std::unique_ptr<dataplane::Session> install_session(std::uint32_t number) {
        const noise::Keypair keys = gateway_keys(number, now);
        peer->install(std::make_unique<dataplane::Session>(keys), dataplane::PeerState::Use::now,
                      directory.graveyard());
        return std::make_unique<dataplane::Session>(mirrored(keys));
    }
    static os::UniqueFd packet_socket(int kind, const char* interface, int protocol) {
        os::UniqueFd fd(::socket(AF_PACKET, kind | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_ll at{};
        at.sll_family = AF_PACKET;
        at.sll_protocol = htons(static_cast<std::uint16_t>(protocol));
        at.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
        EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
        return fd;
    }

    static bool inner_is_v4() { return GetParam().inner == wire::Family::v4; }
    static bool outer_is_v4() { return GetParam().outer == wire::Family::v4; }
    static const Inside& inside() { return inner_is_v4() ? kInsideV4 : kInsideV6; }
    static const Outside& outside() { return outer_is_v4() ? kOutsideV4 : kOutsideV6; }

    /// An inner packet that nobody could merge with its neighbour.
    static Buffer request() { return request_to(inside().open); }
    static Buffer request_to(std::string_view to, int traffic_class = 0) {
        return request_between(inside().client, to, traffic_class);
    }
    static Buffer request_between(std::string_view from, std::string_view to,
                                  int traffic_class = 0) {
        const Buffer datagram = test::udp(5000, 53, 20);
        return inner_is_v4() ? ipv4(ip(from), ip(to), kUdp, datagram, {.tos = traffic_class})
                             : ipv6(ip(from), ip(to), kUdp, datagram, traffic_class);
    }
    Buffer sealed(Bytes inner) { return sealed_with(*session_, inner); }
    /// Of the outer family, whose fields are taken.
    static Buffer frame(Bytes payload, const Sent& sent = outside().from_client,
                        const V4Fields& v4 = {}, const V6Fields& v6 = {}) {
        return outer_is_v4() ? v4_frame(payload, sent, v4) : v6_frame(payload, sent, v6);
    }

    void send(const Buffer& frame) {
        EXPECT_EQ(::send(wire_.get(), frame.data(), frame.size(), 0),
                  static_cast<ssize_t>(frame.size()));
        fence_->wait();
        for (int i = 0; i < 2; ++i)
            worker_->turn(1U << Worker::kUdpV4 | 1U << Worker::kUdpV6 | 1U << Worker::kTun |
                          1U << Worker::kFirstRing);
        fence_->wait();
    }

    struct Fate {
        std::vector<Buffer> delivered = {};
        std::map<std::string_view, std::uint64_t> drops = {};
        std::vector<std::string_view> answers = {};  ///< ICMP errors to the client
        std::size_t controls = 0;                    ///< datagrams for the control thread
        std::uint64_t steered = 0;                   ///< frames that came through the ring
    };
    void expect(const Fate& wanted) {
        EXPECT_EQ(take_packets(), wanted.delivered);
        EXPECT_EQ(named_drops(), wanted.drops);
        const std::vector<std::string> answered = answers();
        EXPECT_EQ(std::vector<std::string_view>(answered.begin(), answered.end()), wanted.answers);
        EXPECT_EQ(heard_by_control(), wanted.controls);
        if (GetParam().way != Way::sockets) {
            EXPECT_EQ(steered(), wanted.steered);
        }
        const auto& count = worker_->counters().to_resource;
        EXPECT_EQ(count.received, count.delivered + count.dropped_total());
    }

  private:
    /// What arrived from the gateway at the host behind the TUN device.
    std::vector<Buffer> take_packets() const {
        std::vector<Buffer> packets;
        Buffer room(65536);
        sockaddr_ll from{};
        socklen_t size = sizeof from;
        ssize_t length = 0;
        while ((length = ::recvfrom(captured_.get(), room.data(), room.size(), 0,
                                    reinterpret_cast<sockaddr*>(&from), &size)) > 0)
            if (from.sll_pkttype != PACKET_OUTGOING)
                packets.emplace_back(room.begin(), room.begin() + length);
        return packets;
    }
    /// Those that were counted.
    std::map<std::string_view, std::uint64_t> named_drops() const {
        std::map<std::string_view, std::uint64_t> named;
        const auto& counted = worker_->counters().to_resource.drops;
        for (std::size_t i = 0; i < dataplane::kDropCount; ++i)
            if (counted[i] != 0) named[dataplane::kDropTexts[i].name] = counted[i];
        return named;
    }
    std::size_t heard_by_control() {
        std::size_t datagrams = 0;
        for (auto& box = worker_->mailbox().datagrams; box.front() != nullptr; box.pop())
            ++datagrams;
        return datagrams;
    }
    /// Type and code of each ICMP error that the client can read.
    std::vector<std::string> answers() {
        udp::ReceiveBuffer buffer;
        udp::TrainBatch arrived;
        static_cast<void>(theirs_->receive(buffer, arrived));
        std::vector<std::string> found;
        for (const wire::IncomingTrain& train : arrived) {
            dataplane::DataMessage message{train.bytes};
            dataplane::PeerGuard guard;
            session_->open({&message, 1}, lane->aead, guard, lane->counters.guard_contended);
            EXPECT_FALSE(message.drop);
            const std::size_t icmp = inner_is_v4() ? 20 : 40;
            found.push_back(std::to_string(std::to_integer<int>(message.bytes[icmp])) + '/' +
                            std::to_string(std::to_integer<int>(message.bytes[icmp + 1])));
        }
        return found;
    }
    std::uint64_t steered() const {
        const fz_verdicts count = steering_->verdicts(0);
        return count.frames[fz_steered_data] + count.frames[fz_steered_channel_data];
    }

    std::unique_ptr<Fence> fence_;
    std::unique_ptr<tun::TunDevice> device_;
    std::unique_ptr<udp::UdpSocket> v4_;
    std::unique_ptr<udp::UdpSocket> v6_;
    std::unique_ptr<udp::UdpSocket> theirs_;
    std::unique_ptr<Doorbell> doorbell_;
    dataplane::RelayChannels channels_;
    dataplane::GatewayPath path_{directory};
    std::unique_ptr<Worker> worker_;
    std::unique_ptr<fastpath::Steering> steering_;
    std::unique_ptr<fastpath::Xsk> ring_;
    os::UniqueFd captured_;
    os::UniqueFd wire_;

  protected:
    std::unique_ptr<dataplane::Session> session_;
};

}  // namespace fz::worker
