// What the link makes of a transport that has no room, or none any more.
#include "slowpath/portal_link.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>

#include "os/clock.h"
#include "unit/slowpath/scripted_server.h"

namespace fz::slowpath {
namespace {

using test::ScriptedServer;
using test::Wire;

constexpr int kText = 1, kClose = 8;  // RFC 6455 5.2

class PortalLinkTest : public ::testing::Test {
  protected:
    void SetUp() override {
        auto made = EventLoop::create();
        if (!made) GTEST_SKIP() << made.error().to_string();
        loop_.emplace(std::move(made).value());
    }

    /// Upgrades and answers the join.
    void admit(Wire& wire) {
        ++connections_;
        wire.accept_upgrade(wire.read_request());
        const std::string join = wire.read_frame().payload;
        const std::string ref_and_brace = join.substr(join.rfind(':') + 1);
        wire.write_frame(kText, R"({"topic":"gateway","event":"phx_reply","payload":)"
                                R"({"status":"ok","response":{}},"ref":)" +
                                    ref_and_brace);
    }
    void count_messages(Wire& wire) {
        for (auto frame = wire.read_frame(); frame.opcode != -1; frame = wire.read_frame())
            if (frame.payload.find("flow_authorized") != std::string::npos) ++received_;
    }

    PortalLink& dial(const ScriptedServer& server) {
        link_.emplace(*loop_,
                      PortalLinkOptions{.role = portal::Role::gateway,
                                        .url = {.scheme = portal::Scheme::ws,
                                                .host = "127.0.0.1",
                                                .port = server.port(),
                                                .path_and_query = "/",
                                                .host_header = "127.0.0.1"},
                                        .user_agent = "test",
                                        .give_up_after = 1h,
                                        .transport = {}},
                      random_);
        link_->start(os::read_clocks());
        return *link_;
    }
    void send(int messages) {
        const Now now = os::read_clocks();
        for (int i = 0; i < messages; ++i)
            link_->send(portal::FlowAuthorized{"ref-" + std::to_string(i)}, now);
    }
    /// Runs the loop until `done`, at most for 10 s; false if it never was.
    bool run_until(const std::function<bool()>& done) {
        const Instant limit = os::read_clocks().instant + 10s;
        while (!done()) {
            const Instant before = os::read_clocks().instant;
            if (before >= limit) return false;
            loop_->wait(earlier(before + 10ms, link_->poll_timeout()));
            const Now now = os::read_clocks();
            link_->handle_ready(64, now);
            if (const auto due = link_->poll_timeout(); due && *due <= now.instant)
                link_->handle_timeout(now);
        }
        return true;
    }

    std::atomic<int> connections_{0};
    std::atomic<int> received_{0};
    std::optional<EventLoop> loop_;

  private:
    crypto::Random random_{crypto::Secret{}};
    std::optional<PortalLink> link_;
};

TEST_F(PortalLinkTest, MoreMessagesThanTheTransportQueuesWaitForRoom) {
    const ScriptedServer server([&](Wire& wire) {
        admit(wire);
        count_messages(wire);
    });
    const PortalLink& link = dial(server);
    send(3000);
    EXPECT_TRUE(run_until([&] { return received_ == 3000; })) << received_;
    EXPECT_EQ(connections_, 1);
    EXPECT_FALSE(link.fatal());
}

TEST_F(PortalLinkTest, MessagesWrittenWhileThePortalClosesGoToTheNextConnection) {
    std::atomic<bool> close_seen{false};
    const ScriptedServer server([&](Wire& wire) {
        admit(wire);
        if (connections_ > 1) return count_messages(wire);
        wire.write_frame(kClose, "\x03\xe8");  // 1000
        close_seen = wire.read_frame().opcode == kClose;
        wire.wait_for_end();
    });
    dial(server);
    ASSERT_TRUE(run_until([&] { return close_seen.load(); }));
    send(10);
    EXPECT_TRUE(run_until([&] { return received_ == 10; })) << received_;
    EXPECT_EQ(connections_, 2);
}

}  // namespace
}  // namespace fz::slowpath
