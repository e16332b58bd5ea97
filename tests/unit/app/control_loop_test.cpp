#include "app/control_loop.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <functional>

#include "os/clock.h"
#include "unit/os/private_netns.h"
#include "unit/slowpath/scripted_server.h"
#include "unit/wire/packets.h"

namespace fz::app {
namespace {

using namespace fz::test;

constexpr char kFrame[] = R"({"event":"ice_candidates","topic":"gateway","ref":null,"payload":{)"
                          R"("client_id":"7c1f0b52-3d0e-4b6e-9a35-1f2f0a6d9e01","candidates":[]}})";

/// Counts what it is given, emits what a test puts into `on_ingress`, and always has a timer due.
class CountingEndpoint final : public tunnel::Endpoint {
  public:
    void ingress(dataplane::DatagramBatch& batch, Now, dataplane::Output& output) override {
        datagrams += batch.size();
        counters_.to_resource.received += batch.size();
        if (on_ingress) on_ingress(batch, output);
        batch.clear();
    }
    void egress(packet::Batch& batch, Now, dataplane::Output&) override {
        packets += batch.size();
        batch.clear();
    }
    void handle_control(dataplane::Output& output, Now) override { output.to_control.clear(); }
    void handle_portal(portal::IngressMessage, Now) override { ++messages; }
    void handle_timeout(Now) override { ++timeouts; }
    void shut_down(Now) override {}
    void quiet_point() override { ++quiet_points; }
    std::optional<Instant> poll_timeout() const override { return Instant{}; }
    std::optional<wire::Transmit> poll_transmit() override { return std::nullopt; }
    std::optional<portal::EgressMessage> poll_portal() override { return std::nullopt; }
    std::optional<tunnel::HostRequest> poll_host() override { return std::nullopt; }
    dataplane::Counters& counters() override { return counters_; }

    std::function<void(dataplane::DatagramBatch&, dataplane::Output&)> on_ingress;
    std::size_t datagrams = 0;
    std::size_t packets = 0;
    std::size_t messages = 0;
    std::size_t timeouts = 0;
    std::size_t quiet_points = 0;

  private:
    dataplane::Counters counters_;
};

/// Answers the join, then talks without end.
void chatty_portal(Wire& wire) {
    wire.accept_upgrade(wire.read_request());
    wire.read_frame();
    wire.write_frame(1, R"({"event":"phx_reply","payload":{"response":{},"status":"ok"},)"
                        R"("ref":0,"topic":"gateway"})");
    for (int i = 0; i < 100'000; ++i) wire.write_frame(1, kFrame);
}

/// A loop with a UDP socket, a TUN device and a portal, alone in a network namespace.
class ControlLoopTest : public PrivateNetns {
  protected:
    void SetUp() override {
        PrivateNetns::SetUp();
        if (IsSkipped()) return;
        output_of("ip link set lo up");
        server_ = std::make_unique<ScriptedServer>(chatty_portal);
        auto signals = os::TerminationSignals::create();
        auto loop = slowpath::EventLoop::create();
        auto socket = slowpath::UdpSocket::bind(wire::Family::v4, {});
        auto device = tun::TunDevice::create("fz-test", 1);
        ASSERT_TRUE(signals && loop && socket && device);
        output_of(
            "sysctl -w net.ipv6.conf.fz-test.disable_ipv6=1; ip addr add 100.64.0.1/32 dev fz-test;"
            "ip link set fz-test mtu 1280 up; ip route add 100.64.0.2/32 dev fz-test");
        signals_ = std::make_unique<os::TerminationSignals>(std::move(*signals));
        loop_ = std::make_unique<slowpath::EventLoop>(std::move(*loop));
        socket_ = std::make_unique<slowpath::UdpSocket>(std::move(*socket));
        device_ = std::make_unique<tun::TunDevice>(std::move(*device));
        sender_ = os::UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        link_ = std::make_unique<slowpath::PortalLink>(
            *loop_,
            slowpath::PortalLinkOptions{.role = portal::Role::gateway,
                                        .url = {.scheme = portal::Scheme::ws,
                                                .host = "localhost",
                                                .port = server_->port(),
                                                .path_and_query = "/",
                                                .host_header = "localhost"},
                                        .user_agent = "test",
                                        .give_up_after = 1h,
                                        .transport = {}},
            random_);
        control_ = std::make_unique<ControlLoop>(
            *loop_, endpoint_, *link_, Doors{socket_.get(), nullptr, &device_->queue(0)}, *signals_,
            [](const tunnel::ConfigureInterface&) { return Expected<void>{}; });
    }

    static sockaddr_in address(const char* ip, std::uint16_t port) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        ::inet_pton(AF_INET, ip, &to.sin_addr);
        return to;
    }
    void send_datagrams(const char* ip, std::uint16_t port, std::size_t count) {
        const sockaddr_in to = address(ip, port);
        for (std::size_t i = 0; i < count; ++i)
            ::sendto(sender_.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }
    TickReport next_tick() {
        loop_->wait(os::read_clocks().instant + 10ms);
        return control_->tick(os::read_clocks());
    }

    std::unique_ptr<ScriptedServer> server_;  // listens inside the namespace
    crypto::Random random_{crypto::Secret{}};
    CountingEndpoint endpoint_;
    std::unique_ptr<os::TerminationSignals> signals_;
    std::unique_ptr<slowpath::EventLoop> loop_;
    std::unique_ptr<slowpath::UdpSocket> socket_;
    std::unique_ptr<tun::TunDevice> device_;
    std::unique_ptr<slowpath::PortalLink> link_;
    std::unique_ptr<ControlLoop> control_;
    os::UniqueFd sender_;
};

TEST_F(ControlLoopTest, AFloodedSocketStarvesNoOtherSource) {
    // Name lookup, dial, join: all of it while the socket is never empty.
    link_->start(os::read_clocks());
    const Instant give_up = os::read_clocks().instant + 10s;
    while (endpoint_.messages == 0 && os::read_clocks().instant < give_up) {
        send_datagrams("127.0.0.1", socket_->port(), 2 * kDatagramsPerTick);
        EXPECT_EQ(next_tick().datagrams, kDatagramsPerTick);
    }
    ASSERT_GT(endpoint_.messages, 0U) << "the portal was starved";

    for (int tick = 0; tick < 50; ++tick) {
        send_datagrams("127.0.0.1", socket_->port(), 2 * kDatagramsPerTick);
        send_datagrams("100.64.0.2", 9, 1);  // through the kernel to the TUN device
        const std::size_t timeouts = endpoint_.timeouts;
        const TickReport report = next_tick();
        EXPECT_EQ(report.datagrams, kDatagramsPerTick);
        EXPECT_GT(report.packets, 0U);
        EXPECT_GT(report.portal_events, 0U);
        EXPECT_EQ(endpoint_.timeouts, timeouts + 1);
    }
}

TEST_F(ControlLoopTest, EveryTickEndsInAQuietPoint) {
    next_tick();
    next_tick();
    EXPECT_EQ(endpoint_.quiet_points, 2U);
}

TEST_F(ControlLoopTest, OneErrorEndsNoBatchAndEachIsReported) {
    auto receiver = slowpath::UdpSocket::bind(wire::Family::v4, {.preferred_port = 0});
    ASSERT_TRUE(receiver);
    const Buffer good = ipv4(ip("100.64.0.2"), ip("100.64.0.1"), 17, udp(9, 9, 4));
    packet::FramePool frames(16);
    const auto frame_of = [&](Bytes bytes) {
        auto packet = frames.take();
        packet->resize(bytes.size());
        Writer(packet->bytes()).bytes(bytes);
        return std::move(*packet);
    };
    endpoint_.on_ingress = [&](dataplane::DatagramBatch&, dataplane::Output& output) {
        output.to_tun.push_back(frame_of(good));
        output.to_tun.push_back(frame_of(bytes_of({0, 1, 2, 3})));  // neither IPv4 nor IPv6
        output.to_tun.push_back(frame_of(good));
        endpoint_.counters().to_resource.delivered += 3;
        endpoint_.counters().to_resource.delivered_bytes += 2 * good.size() + 4;
        for (const char* destination :
             {"127.0.0.1", "127.255.255.255", "127.0.0.1", "203.0.113.1", "127.0.0.1"})
            output.to_network.push_back({frame_of(good),
                                         std::nullopt,
                                         {ip(destination), receiver->port()},
                                         wire::Ecn::not_ect});
        output.to_network.push_back(
            {frame_of(good), std::nullopt, {ip("::1"), receiver->port()}, wire::Ecn::not_ect});
    };
    send_datagrams("127.0.0.1", socket_->port(), 1);
    const TickReport report = next_tick();

    std::vector<std::pair<Door, int>> errors;
    for (const IoError& error : report.errors) errors.emplace_back(error.door, error.error);
    EXPECT_EQ(errors, (std::vector<std::pair<Door, int>>{
                          {Door::tun_write, EINVAL},
                          {Door::udp_send, EACCES},       // broadcast
                          {Door::udp_send, ENETUNREACH},  // no route in this namespace
                          {Door::udp_send, ENETUNREACH},  // no IPv6 socket
                      }));
    dataplane::DatagramBatch arrived;
    static_cast<void>(receiver->receive(frames, arrived));
    EXPECT_EQ(arrived.size(), 3U);
    EXPECT_EQ(output_of("awk '/fz-test/ {print $3}' /proc/net/dev"), "2\n");
    const auto& count = endpoint_.counters().to_resource;
    EXPECT_EQ(count.delivered, 2U);
    EXPECT_EQ(count.drops[static_cast<std::size_t>(dataplane::Drop::tun_refused)], 1U);
}

TEST(IoErrors, CountsEachAndJudgesByKind) {
    IoErrors errors;
    errors.add({Door::udp_send, ENETUNREACH});
    errors.add({Door::udp_send, ENETUNREACH});
    errors.add({Door::tun_write, EIO});
    EXPECT_EQ(errors.count(Door::udp_send, ENETUNREACH), 2U);
    EXPECT_EQ(errors.count(Door::tun_write, EIO), 1U);
    EXPECT_EQ(errors.count(Door::tun_read, EIO), 0U);
    EXPECT_EQ(errors.total(), 3U);
    EXPECT_EQ(severity_of(EHOSTUNREACH), Severity::expected);
    EXPECT_EQ(severity_of(EPERM), Severity::hint);
    EXPECT_EQ(severity_of(ENOBUFS), Severity::unusual);
}

}  // namespace
}  // namespace fz::app
