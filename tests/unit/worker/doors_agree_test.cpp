// One table of what a client may send, over every door: sockets, XDP in the driver, XDP behind it.
// Each frame crosses a real cable; what reaches the private network, what is lost under which name
// and what control hears must be the same whatever the way in.
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <functional>
#include <map>

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
namespace {

using namespace fz::test;
using dataplane::Drop;

enum class Way { sockets, native, generic };

class DoorsAgree : public OneClientOf<PrivateNetns>, public ::testing::WithParamInterface<Way> {
  protected:
    void SetUp() override {
        OneClientOf::SetUp();
        if (IsSkipped()) return;
        build_host();
        device_ = std::make_unique<tun::TunDevice>(tun::TunDevice::create("fz-test", 1).value());
        output_of(
            "sysctl -qw net.ipv6.conf.fz-test.disable_ipv6=1; ip addr add 10.1.2.3/32 dev fz-test;"
            "ip link set fz-test mtu 1280 up");
        socket_ = std::make_unique<udp::UdpSocket>(
            udp::UdpSocket::bind(wire::Family::v4, {.preferred_port = kOurPort}).value());
        theirs_ = std::make_unique<udp::UdpSocket>(
            udp::UdpSocket::bind(wire::Family::v4, {.preferred_port = 0}).value());
        fence_ = std::make_unique<Fence>();
        doorbell_ = std::make_unique<Doorbell>(Doorbell::create().value());
        worker_ = Worker::create({socket_.get(), nullptr, &device_->queue(0)}, path_,
                                 crypto::AeadProvider::sodium, *doorbell_)
                      .value();
        now = os::read_monotonic_clock();
        session_ = install_session(2);
        channels_.bind(wire::ChannelNumber{0x4001});
        directory.set_relays({{kRelay, &channels_}});
        peer->set_path(
            {.destination = {ip("127.0.0.1"), theirs_->port()}, .source = {}, .channel = {}},
            directory.graveyard());
        if (GetParam() != Way::sockets) open_ring();
        captured_ = packet_socket(SOCK_DGRAM, "fz-test", ETH_P_IP);
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
            "ip link set lo up; ip link add here address 02:00:00:00:00:01 type veth peer name "
            "there;"
            "for i in here there; do sysctl -qw net.ipv6.conf.$i.disable_ipv6=1;"
            "sysctl -qw net.ipv4.conf.$i.rp_filter=0; ip link set $i up; done;"
            "sysctl -qw net.ipv4.conf.all.rp_filter=0;"
            "ip addr add 198.51.100.1/24 dev here; ip route add default via 198.51.100.9");
    }
    void open_ring() {
        steering_ = std::make_unique<fastpath::Steering>(fastpath::Steering::load().value());
        ring_ = fastpath::Xsk::open("here", 0).value();
        const std::vector ours{ip("198.51.100.1")};
        const std::vector<std::uint16_t> ports{kOurPort};
        const std::vector relays{kRelay};
        ASSERT_TRUE(steering_->set_addresses(ours));
        ASSERT_TRUE(steering_->set_ports(ports));
        ASSERT_TRUE(steering_->set_relays(relays));
        ASSERT_TRUE(steering_->set_socket(0, ring_->fd()));
        ASSERT_TRUE(steering_->attach(::if_nametoindex("here"),
                                      GetParam() == Way::native ? fastpath::AttachMode::native
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

    Buffer sealed(Bytes inner) { return sealed_with(*session_, inner); }
    /// An inner packet that nobody could merge with its neighbour.
    static Buffer request(std::string_view to = "10.1.2.3", std::string_view from = "100.64.0.2") {
        return packet(from, to, kUdp, test::udp(5000, 53, 20));
    }

    void send(const Buffer& frame) {
        EXPECT_EQ(::send(wire_.get(), frame.data(), frame.size(), 0),
                  static_cast<ssize_t>(frame.size()));
        fence_->wait();
        for (int i = 0; i < 2; ++i)
            worker_->turn(1U << Worker::kUdpV4 | 1U << Worker::kTun | 1U << Worker::kFirstRing);
        fence_->wait();
    }
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
    std::size_t answers() {
        udp::ReceiveBuffer buffer;
        udp::TrainBatch arrived;
        static_cast<void>(theirs_->receive(buffer, arrived));
        return arrived.size();
    }
    /// Frames that came through the ring.
    std::uint64_t steered() const {
        const fz_verdicts count = steering_->verdicts(0);
        return count.frames[fz_steered_data] + count.frames[fz_steered_channel_data];
    }

    struct Fate {
        std::vector<Buffer> delivered = {};
        std::map<std::string_view, std::uint64_t> drops = {};
        std::size_t answers = 0;   ///< ICMP errors to the client
        std::size_t controls = 0;  ///< datagrams for the control thread
        std::uint64_t steered = 0;
    };
    void expect(const Fate& wanted) {
        EXPECT_EQ(take_packets(), wanted.delivered);
        EXPECT_EQ(named_drops(), wanted.drops);
        EXPECT_EQ(answers(), wanted.answers);
        EXPECT_EQ(heard_by_control(), wanted.controls);
        if (GetParam() != Way::sockets) {
            EXPECT_EQ(steered(), wanted.steered);
        }
        const auto& count = worker_->counters().to_resource;
        EXPECT_EQ(count.received, count.delivered + count.dropped_total());
    }

    std::unique_ptr<Fence> fence_;
    std::unique_ptr<tun::TunDevice> device_;
    std::unique_ptr<udp::UdpSocket> socket_;
    std::unique_ptr<udp::UdpSocket> theirs_;
    std::unique_ptr<Doorbell> doorbell_;
    std::unique_ptr<dataplane::Session> session_;
    dataplane::RelayChannels channels_;
    dataplane::GatewayPath path_{directory};
    std::unique_ptr<Worker> worker_;
    std::unique_ptr<fastpath::Steering> steering_;
    std::unique_ptr<fastpath::Xsk> ring_;
    os::UniqueFd captured_;
    os::UniqueFd wire_;
};

TEST_P(DoorsAgree, OnData) {
    send(v4_frame(sealed(request())));
    expect({.delivered = {request()}, .steered = 1});
}

TEST_P(DoorsAgree, OnPaddedFrames) {
    Buffer frame = v4_frame(sealed(request()));
    frame.resize(frame.size() + 18);
    send(frame);
    expect({.delivered = {request()}, .steered = 1});
}

TEST_P(DoorsAgree, OnKeepalives) {
    send(v4_frame(sealed({})));
    expect({.steered = 1});
}

TEST_P(DoorsAgree, OnCongestionMarks) {
    const Buffer capable =
        ipv4(ip("100.64.0.2"), ip("10.1.2.3"), kUdp, test::udp(5000, 53, 20), {.tos = 2});
    const Buffer marked =
        ipv4(ip("100.64.0.2"), ip("10.1.2.3"), kUdp, test::udp(5000, 53, 20), {.tos = 3});
    send(v4_frame(sealed(capable), {}, {.tos = 3}));
    expect({.delivered = {marked}, .steered = 1});
}

TEST_P(DoorsAgree, OnReplays) {
    const Buffer frame = v4_frame(sealed(request()));
    send(frame);
    send(frame);
    expect({.delivered = {request()}, .drops = {{"replayed", 1}}, .steered = 2});
}

TEST_P(DoorsAgree, OnForgeries) {
    Buffer message = sealed(request());
    message.back() ^= std::byte{1};
    send(v4_frame(message));
    expect({.drops = {{"bad_tag", 1}}, .steered = 1});
}

TEST_P(DoorsAgree, OnSessionsThatNobodyHas) {
    Buffer message = sealed(request());
    message[4] ^= std::byte{0x80};
    send(v4_frame(message));
    expect({.drops = {{"unknown_session", 1}}, .steered = 1});
}

TEST_P(DoorsAgree, OnTheSessionsOfARekey) {
    const Buffer before = v4_frame(sealed(request()));
    session_ = install_session(3);
    send(v4_frame(sealed(request("10.1.2.4"))));
    send(before);
    expect({.delivered = {request("10.1.2.4"), request()}, .steered = 2});
}

TEST_P(DoorsAgree, OnWhatPolicyRefuses) {
    send(v4_frame(sealed(request("10.9.9.9"))));
    expect({.drops = {{"no_resource", 1}}, .answers = 1, .steered = 1});
}

TEST_P(DoorsAgree, OnWhatFiltersExclude) {
    send(v4_frame(sealed(request("10.2.0.1"))));
    expect({.drops = {{"filtered", 1}}, .answers = 1, .steered = 1});
}

TEST_P(DoorsAgree, OnForeignSources) {
    send(v4_frame(sealed(request("10.1.2.3", "100.64.0.9"))));
    expect({.drops = {{"source_not_client", 1}}, .answers = 1, .steered = 1});
}

TEST_P(DoorsAgree, OnMalformedInnerPackets) {
    send(v4_frame(sealed(hex("4500 0014"))));
    expect({.drops = {{"malformed_inner", 1}}, .steered = 1});
}

TEST_P(DoorsAgree, OnRelayedData) {
    const Sent from_relay{.source = "192.0.2.10", .source_port = 3478};
    send(v4_frame(channel_data(sealed(request())), from_relay));
    expect({.delivered = {request()}, .steered = 1});
}

TEST_P(DoorsAgree, OnChannelsThatAreNotBound) {
    const Sent from_relay{.source = "192.0.2.10", .source_port = 3478};
    send(v4_frame(channel_data(sealed(request()), 0, 0x4002), from_relay));
    expect({.drops = {{"unknown_channel", 1}}, .steered = 1});
}

TEST_P(DoorsAgree, OnHandshakes) {
    Buffer initiation = data_message(148);
    initiation[0] = std::byte{1};
    send(v4_frame(initiation));
    expect({.controls = 1});
}

TEST_P(DoorsAgree, OnFramesCutShort) {
    Buffer frame = v4_frame(sealed(request()));
    frame.resize(frame.size() - 1);
    send(frame);
    expect({});
}

TEST_P(DoorsAgree, OnFragments) {
    send(v4_frame(sealed(request()), {}, {.fragment = 0x2000}));
    expect({});
}

TEST_P(DoorsAgree, OnOtherHosts) {
    send(v4_frame(sealed(request()), {.destination = "198.51.100.77"}));
    expect({});
}

std::string name_of(const ::testing::TestParamInfo<Way>& way) {
    switch (way.param) {
        case Way::sockets:
            return "Sockets";
        case Way::native:
            return "NativeXdp";
        case Way::generic:
            return "GenericXdp";
    }
    return {};
}

INSTANTIATE_TEST_SUITE_P(Over, DoorsAgree,
                         ::testing::Values(Way::sockets, Way::native, Way::generic), name_of);

}  // namespace
}  // namespace fz::worker
