#include "app/control_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <deque>
#include <thread>

#include "base/take_front.h"
#include "os/clock.h"
#include "unit/app/fixed_roster.h"
#include "unit/os/private_netns.h"
#include "unit/slowpath/scripted_server.h"
#include "unit/udp/fence.h"
#include "unit/wire/packets.h"

namespace fz::app {
namespace {

using namespace fz::test;

constexpr char kFrame[] = R"({"event":"ice_candidates","topic":"gateway","ref":null,"payload":{)"
                          R"("client_id":"7c1f0b52-3d0e-4b6e-9a35-1f2f0a6d9e01","candidates":[]}})";

constexpr std::string_view kCommands = "fz-test/control-loop";

/// Nothing passes; the control loop does not look.
class NoPath final : public dataplane::PacketPath {
  public:
    void ingress(std::span<wire::IncomingTrain>& trains, Instant,
                 dataplane::Lane&) noexcept override {
        trains = {};
    }
    void egress(std::span<wire::SuperPacket>& packets, Instant,
                dataplane::Lane&) noexcept override {
        packets = {};
    }
};

/// Counts what it is given, sends what a test puts into `to_send`, and always has a timer due.
class CountingEndpoint final : public tunnel::Endpoint {
  public:
    dataplane::PacketPath& packet_path() override { return path_; }
    void handle_datagram(const dataplane::ControlDatagram&, Now) override { ++datagrams; }
    void handle_packet(const dataplane::ControlPacket&, Now) override { ++packets; }
    void handle_activity(std::uint32_t, Now) override { ++active; }
    void handle_portal(portal::IngressMessage, Now) override { ++messages; }
    void handle_timeout(Now) override { ++timeouts; }
    void shut_down(Now) override {}
    std::optional<Instant> poll_timeout() const override { return Instant{}; }
    std::optional<wire::Transmit> poll_transmit() override { return take_front(to_send); }
    std::optional<portal::EgressMessage> poll_portal() override { return std::nullopt; }
    std::optional<tunnel::HostRequest> poll_host() override { return std::nullopt; }
    std::vector<wire::SocketAddr> relay_sockets() const override { return {}; }
    dataplane::Graveyard& graveyard() override { return graveyard_; }

    std::deque<wire::Transmit> to_send;
    std::size_t datagrams = 0;
    std::size_t packets = 0;
    std::size_t active = 0;
    std::size_t messages = 0;
    std::size_t timeouts = 0;

  private:
    NoPath path_;
    dataplane::Graveyard graveyard_;
};

/// Answers the join, then talks without end.
void chatty_portal(Wire& wire) {
    wire.accept_upgrade(wire.read_request());
    wire.read_frame();
    wire.write_frame(1, R"({"event":"phx_reply","payload":{"response":{},"status":"ok"},)"
                        R"("ref":0,"topic":"gateway"})");
    for (int i = 0; i < 100'000; ++i) wire.write_frame(1, kFrame);
}

/// A loop with a worker's mailbox, a UDP socket and a portal, alone in a network namespace.
class ControlLoopTest : public PrivateNetns {
  protected:
    void SetUp() override {
        PrivateNetns::SetUp();
        if (IsSkipped()) return;
        output_of("ip link set lo up");
        server_ = std::make_unique<ScriptedServer>(chatty_portal);
        auto signals = os::TerminationSignals::create();
        auto loop = slowpath::EventLoop::create();
        auto socket = udp::UdpSocket::bind(wire::Family::v4, {});
        auto doorbell = worker::Doorbell::create();
        ASSERT_TRUE(signals && loop && socket && doorbell);
        signals_ = std::make_unique<os::TerminationSignals>(std::move(*signals));
        loop_ = std::make_unique<slowpath::EventLoop>(std::move(*loop));
        socket_ = std::make_unique<udp::UdpSocket>(std::move(*socket));
        doorbell_ = std::make_unique<worker::Doorbell>(std::move(*doorbell));
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
        auto commands = os::CommandPort::open(kCommands);
        ASSERT_TRUE(commands);
        commands_ = std::make_unique<os::CommandPort>(std::move(*commands));
        control_ = std::make_unique<ControlLoop>(
            *loop_, endpoint_, *link_, Mail{doorbell_.get(), {&box_}},
            Senders{socket_.get(), nullptr}, *signals_,
            [](const tunnel::ConfigureInterface&) { return Expected<void>{}; },
            Entrance{.commands = commands_.get(), .roster = &roster_});
    }

    /// What a worker does with datagrams that are not its own.
    void post_datagrams(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            output_->datagrams.push_back({as_bytes("x"), {ip("192.0.2.1"), 1}, {ip("::"), 2}});
        static_cast<void>(box_.post(*output_));
        doorbell_->ring(dataplane::Urgency::now);
    }
    void post_active(std::uint32_t slot) {
        output_->active.push_back(slot);
        static_cast<void>(box_.post(*output_));
        doorbell_->ring(dataplane::Urgency::soon);
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
    std::unique_ptr<udp::UdpSocket> socket_;
    std::unique_ptr<worker::Doorbell> doorbell_;
    worker::Mailbox box_;
    const std::unique_ptr<dataplane::Output> output_ = std::make_unique<dataplane::Output>();
    std::unique_ptr<slowpath::PortalLink> link_;
    std::unique_ptr<os::CommandPort> commands_;
    FixedRoster roster_;
    std::unique_ptr<ControlLoop> control_;
};

TEST_F(ControlLoopTest, AFullMailboxStarvesNoOtherSource) {
    // Name lookup, dial, join: all of it while the mailbox is never empty.
    link_->start(os::read_clocks());
    const Instant give_up = os::read_clocks().instant + 10s;
    while (endpoint_.messages == 0 && os::read_clocks().instant < give_up) {
        post_datagrams(2 * kDatagramsPerTick);
        EXPECT_EQ(next_tick().datagrams, kDatagramsPerTick);
    }
    ASSERT_GT(endpoint_.messages, 0U) << "the portal was starved";

    for (int tick = 0; tick < 50; ++tick) {
        post_datagrams(2 * kDatagramsPerTick);
        post_active(7);
        const std::size_t timeouts = endpoint_.timeouts;
        const TickReport report = next_tick();
        EXPECT_EQ(report.datagrams, kDatagramsPerTick);
        EXPECT_EQ(report.active_peers, 1U);
        EXPECT_GT(report.portal_events, 0U);
        EXPECT_EQ(endpoint_.timeouts, timeouts + 1);
    }
}

TEST_F(ControlLoopTest, WhatABoundLeavesIsReadInTheNextTick) {
    post_datagrams(kDatagramsPerTick + 1);
    EXPECT_EQ(next_tick().datagrams, kDatagramsPerTick);
    EXPECT_LE(control_->next_deadline(), os::read_clocks().instant);
    EXPECT_EQ(next_tick().datagrams, 1U);
}

TEST_F(ControlLoopTest, WhatWasReplacedIsFreedWithinTheTick) {
    endpoint_.graveyard().bury(std::make_unique<int>(1));
    next_tick();
    EXPECT_EQ(endpoint_.graveyard().size(), 0U);
}

TEST_F(ControlLoopTest, AnOperatorIsToldWhoIsConnected) {
    roster_.rows.emplace_back().slot = 7;
    Expected<os::Answer> heard{Unexpected{Error("not asked")}};
    std::atomic<bool> answered{false};
    std::thread operator_tool([&] {
        heard = os::ask(kCommands, "peers 0", 5s);
        answered = true;
    });
    while (!answered) next_tick();
    operator_tool.join();
    ASSERT_TRUE(heard);
    EXPECT_TRUE(heard->text.starts_with("ok\n{\"next\":null,\"peers\":[{\"slot\":7,"))
        << heard->text;
}

TEST_F(ControlLoopTest, OneErrorKeepsNoOtherDatagramAndEachIsReported) {
    auto receiver = udp::UdpSocket::bind(wire::Family::v4, {.preferred_port = 0});
    ASSERT_TRUE(receiver);
    for (const char* destination :
         {"127.0.0.1", "127.255.255.255", "127.0.0.1", "203.0.113.1", "::1", "127.0.0.1"})
        endpoint_.to_send.push_back({.src = {},
                                     .dst = {ip(destination), receiver->port()},
                                     .payload = wire::DatagramBytes(as_bytes("x"))});
    worker::Mailbox& box = box_;
    box.post({worker::Door::tun_write, EIO, 3});
    const Fence fence;
    const TickReport report = next_tick();
    fence.wait();

    std::vector<std::pair<Door, int>> errors;
    for (const IoError& error : report.errors) errors.emplace_back(error.door, error.error);
    EXPECT_EQ(errors, (std::vector<std::pair<Door, int>>{
                          {Door::tun_write, EIO},         // a worker's
                          {Door::udp_send, EACCES},       // broadcast
                          {Door::udp_send, ENETUNREACH},  // no route in this namespace
                          {Door::udp_send, ENETUNREACH},  // no IPv6 socket
                      }));
    udp::ReceiveBuffer buffer;
    udp::TrainBatch arrived;
    static_cast<void>(receiver->receive(buffer, arrived));
    EXPECT_EQ(arrived.size(), 3U);
}

TEST(IoErrors, CountsEachAndJudgesByKind) {
    IoErrors errors;
    const Instant now{1000s};
    errors.add({Door::udp_send, ENETUNREACH}, now);
    errors.add({Door::udp_send, ENETUNREACH}, now);
    errors.add({Door::tun_write, EIO}, now);
    EXPECT_EQ(errors.count(Door::udp_send, ENETUNREACH), 2U);
    EXPECT_EQ(errors.count(Door::tun_write, EIO), 1U);
    EXPECT_EQ(errors.count(Door::tun_read, EIO), 0U);
    EXPECT_EQ(errors.total(), 3U);
    errors.add({Door::udp_send, ENETUNREACH, 40}, now);
    EXPECT_EQ(errors.count(Door::udp_send, ENETUNREACH), 42U);
    EXPECT_EQ(severity_of(EHOSTUNREACH), Severity::expected);
    EXPECT_EQ(severity_of(EPERM), Severity::hint);
    EXPECT_EQ(severity_of(ENOBUFS), Severity::unusual);
}

TEST(IoErrors, AStrangerWhoMakesUsAnswerNobodyFillsNoLog) {
    static int lines = 0;
    log::set_sink([](const log::Line&) { ++lines; }, log::Level::debug);
    IoErrors errors;
    for (int i = 0; i < 1000; ++i) errors.add({Door::udp_send, EHOSTUNREACH}, Instant{1000s});
    log::set_sink(nullptr, log::Level::error);
    EXPECT_EQ(lines, log::Limit::kLinesPerWindow);
    EXPECT_EQ(errors.total(), 1000U);
}

}  // namespace
}  // namespace fz::app
