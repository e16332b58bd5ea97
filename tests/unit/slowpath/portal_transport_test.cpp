#include "slowpath/portal_transport.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <mutex>

#include "os/clock.h"
#include "unit/slowpath/scripted_server.h"

namespace fz::slowpath {
namespace {

using test::Certificate;
using test::ScriptedServer;
using test::Wire;

constexpr int kText = 1, kClose = 8, kPing = 9, kPong = 10;  // RFC 6455 5.2

void upgrade(Wire& wire) { wire.accept_upgrade(wire.read_request()); }

class PortalTransportTest : public ::testing::Test {
  protected:
    void SetUp() override {
        ::signal(SIGPIPE, SIG_IGN);  // the server's TLS writes
        auto made = EventLoop::create();
        if (!made) GTEST_SKIP() << made.error().to_string();
        loop_.emplace(std::move(made).value());
    }

    PortalTransport& transport() {
        if (!transport_) transport_.emplace(*loop_, options_);
        return *transport_;
    }

    static PortalTarget target(std::uint16_t port, PortalScheme scheme = PortalScheme::ws) {
        return {.scheme = scheme,
                .host = "portal.test",
                .port = port,
                .path_and_query = "/gateway/websocket?token=abc",
                .user_agent = "Debian/12.0.0 connlib/1.4.17 (x86_64; 6.1.0)",
                .addresses = {wire::IpAddr::v4(127, 0, 0, 1)}};
    }

    /// The next event, or nothing after `patience`.
    std::optional<PortalEvent> next_event(Duration patience = 5s) {
        const Instant deadline = os::read_clocks().instant + patience;
        for (;;) {
            if (auto event = transport().poll_event()) return event;
            if (os::read_clocks().instant >= deadline) return std::nullopt;
            loop_->wait(deadline);
        }
    }
    template <typename Event>
    Event expect_event() {
        const auto event = next_event();
        if (!event || !std::holds_alternative<Event>(*event)) {
            ADD_FAILURE() << "event " << (event ? static_cast<int>(event->index()) : -1)
                          << (event && std::holds_alternative<PortalFailed>(*event)
                                  ? ": " + std::get<PortalFailed>(*event).reason
                                  : "");
            return Event{};
        }
        return std::get<Event>(*event);
    }

    std::optional<EventLoop> loop_;
    PortalTransportOptions options_;

  private:
    std::optional<PortalTransport> transport_;
};

TEST_F(PortalTransportTest, SendsTheRequestThePortalExpects) {
    std::mutex mutex;
    std::string request;
    const ScriptedServer server([&](Wire& wire) {
        const std::scoped_lock lock(mutex);
        request = wire.read_request();
        wire.accept_upgrade(request);
    });
    transport().dial(target(server.port()));
    expect_event<PortalConnected>();
    const std::scoped_lock lock(mutex);
    const auto key = request.find("Sec-WebSocket-Key: ") + 19;
    EXPECT_EQ(request.replace(key, 24, "KEY"),
              "GET /gateway/websocket?token=abc HTTP/1.1\r\n"
              "Host: portal.test\r\n"
              "Connection: Upgrade\r\n"
              "Upgrade: websocket\r\n"
              "Sec-WebSocket-Version: 13\r\n"
              "Sec-WebSocket-Key: KEY\r\n"
              "user-agent: Debian/12.0.0 connlib/1.4.17 (x86_64; 6.1.0)\r\n\r\n");
}

TEST_F(PortalTransportTest, CarriesTextBothWaysAndReportsTheCloseFrame) {
    options_.close_limit = 100ms;  // the server never ends the TCP connection
    const ScriptedServer server([](Wire& wire) {
        upgrade(wire);
        wire.write_frame(kText, "welcome");
        const Wire::Frame frame = wire.read_frame();
        wire.write_frame(frame.opcode, "echo " + frame.payload);
        wire.write_frame(kClose, std::string("\x03\xe9", 2) + "going away");  // 1001
        wire.wait_for_end();
    });
    transport().dial(target(server.port()));
    expect_event<PortalConnected>();
    EXPECT_EQ(transport().send("hello"), PortalTransport::Queued::yes);
    EXPECT_EQ(expect_event<PortalText>().frame, "welcome");
    EXPECT_EQ(expect_event<PortalText>().frame, "echo hello");
    const auto closed = expect_event<PortalClosed>();
    EXPECT_EQ(closed.code, 1001);
    EXPECT_EQ(closed.reason, "going away");
    EXPECT_EQ(transport().send("late"), PortalTransport::Queued::not_connected);
    EXPECT_FALSE(next_event(50ms));
}

TEST_F(PortalTransportTest, ToleratesAListInTheConnectionField) {
    const ScriptedServer server([](Wire& wire) {
        wire.accept_upgrade(wire.read_request(), "keep-alive, Upgrade");
        wire.wait_for_end();
    });
    transport().dial(target(server.port()));
    expect_event<PortalConnected>();
}

TEST_F(PortalTransportTest, AnswersPings) {
    const ScriptedServer server([](Wire& wire) {
        upgrade(wire);
        wire.write_frame(kPing, "are you there");
        const Wire::Frame pong = wire.read_frame();
        wire.write_frame(kText, std::to_string(pong.opcode) + pong.payload);
        wire.wait_for_end();
    });
    transport().dial(target(server.port()));
    expect_event<PortalConnected>();
    EXPECT_EQ(expect_event<PortalText>().frame, std::to_string(kPong) + "are you there");
}

TEST_F(PortalTransportTest, ReportsARefusalWithItsBody) {
    const ScriptedServer server([](Wire& wire) {
        wire.read_request();
        wire.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 13\r\n\r\nInvalid token");
    });
    transport().dial(target(server.port()));
    const auto refused = expect_event<PortalHttpRefused>();
    EXPECT_EQ(refused.status, 401U);
    EXPECT_EQ(refused.body, "Invalid token");
    EXPECT_EQ(refused.retry_after, "");
}

TEST_F(PortalTransportTest, ReportsRetryAfterAndAnEmptyBody) {
    const ScriptedServer server([](Wire& wire) {
        wire.read_request();
        wire.write(
            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
    });
    transport().dial(target(server.port()));
    const auto refused = expect_event<PortalHttpRefused>();
    EXPECT_EQ(refused.status, 503U);
    EXPECT_EQ(refused.retry_after, "7");
    EXPECT_EQ(refused.body, "");
}

TEST_F(PortalTransportTest, GarbageAndAnEarlyEndAreFailures) {
    for (const std::string answer :
         {"\x15\x03\x01 what?\r\n\r\n", "", "HTTP/1.1 101 Nope\r\n\r\n"}) {
        const ScriptedServer server([&](Wire& wire) {
            wire.read_request();
            wire.write(answer);
        });
        transport().dial(target(server.port()));
        EXPECT_NE(expect_event<PortalFailed>().reason, "");
    }
}

TEST_F(PortalTransportTest, ASilentServerFailsWithinTheLimit) {
    options_.handshake_limit = 100ms;
    const ScriptedServer server([](Wire& wire) { wire.wait_for_end(); });
    transport().dial(target(server.port()));
    EXPECT_EQ(expect_event<PortalFailed>().reason, "WebSocket upgrade: timed out");
}

TEST_F(PortalTransportTest, TriesTheAddressesInTurn) {
    const ScriptedServer server([](Wire& wire) {
        upgrade(wire);
        wire.wait_for_end();
    });
    PortalTarget portal = target(server.port());
    portal.addresses.insert(portal.addresses.begin(), wire::IpAddr::v4(127, 0, 0, 2));
    transport().dial(std::move(portal));
    expect_event<PortalConnected>();
}

TEST_F(PortalTransportTest, NoServerAndNoAddressAreFailures) {
    std::uint16_t port = 0;
    {
        const ScriptedServer gone([](Wire&) {});
        port = gone.port();
    }
    transport().dial(target(port));
    EXPECT_EQ(expect_event<PortalFailed>().reason,
              "cannot connect to the portal at portal.test, port " + std::to_string(port) +
                  ": Connection refused");
    PortalTarget nowhere = target(port);
    nowhere.addresses.clear();
    transport().dial(std::move(nowhere));
    expect_event<PortalFailed>();
}

TEST_F(PortalTransportTest, ALostConnectionIsAnAbnormalClosure) {
    const ScriptedServer server(upgrade);
    transport().dial(target(server.port()));
    expect_event<PortalConnected>();
    EXPECT_EQ(expect_event<PortalClosed>().code, 1006);
}

TEST_F(PortalTransportTest, AFrameBeyondTheLimitEndsTheConnection) {
    options_.frame_limit_bytes = 1000;
    const ScriptedServer server([](Wire& wire) {
        upgrade(wire);
        wire.write_frame(kText, std::string(1000, 'a'));
        wire.write_frame(kText, std::string(1001, 'b'));
        EXPECT_EQ(wire.read_frame().payload.substr(0, 2), std::string("\x03\xf1", 2));  // 1009
    });
    transport().dial(target(server.port()));
    expect_event<PortalConnected>();
    EXPECT_EQ(expect_event<PortalText>().frame.size(), 1000U);
    expect_event<PortalClosed>();
}

TEST_F(PortalTransportTest, AServerThatStopsReadingFillsTheQueueAndNoMore) {
    options_.send_queue_frames = 3;
    const ScriptedServer server([](Wire& wire) {
        upgrade(wire);
        while (true) {
            const Wire::Frame frame = wire.read_frame();
            if (frame.opcode != kText) return;
            ::usleep(20'000);
        }
    });
    transport().dial(target(server.port()));
    expect_event<PortalConnected>();
    const std::string large(8 * 1024 * 1024, 'x');
    for (int i = 0; i < 3; ++i) EXPECT_EQ(transport().send(large), PortalTransport::Queued::yes);
    EXPECT_EQ(transport().send(large), PortalTransport::Queued::full);
}

TEST_F(PortalTransportTest, AFloodWaitsInTheSocketWhileNobodyPolls) {
    options_.receive_queue_events = 4;
    const ScriptedServer server([](Wire& wire) {
        upgrade(wire);
        for (int i = 0; i < 500; ++i) wire.write_frame(kText, std::to_string(i));
        wire.wait_for_end();
    });
    transport().dial(target(server.port()));
    expect_event<PortalConnected>();
    const SourceId idle = loop_->add_source();
    for (int tick = 0; tick < 50; ++tick) loop_->wait(os::read_clocks().instant);
    EXPECT_FALSE(loop_->is_ready(idle));
    for (int i = 0; i < 500; ++i) ASSERT_EQ(expect_event<PortalText>().frame, std::to_string(i));
}

TEST_F(PortalTransportTest, ClosingFlushesTheQueueFirst) {
    std::atomic<int> closing_code = 0;
    std::atomic<int> texts = 0;
    const ScriptedServer server([&](Wire& wire) {
        upgrade(wire);
        for (;;) {
            const Wire::Frame frame = wire.read_frame();
            if (frame.opcode == kText) ++texts;
            if (frame.opcode != kClose) continue;
            closing_code = static_cast<unsigned char>(frame.payload[0]) << 8 |
                           static_cast<unsigned char>(frame.payload[1]);
            wire.write_frame(kClose, frame.payload);
            return;
        }
    });
    transport().dial(target(server.port()));
    expect_event<PortalConnected>();
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(transport().send("last words"), PortalTransport::Queued::yes);
    transport().close();
    EXPECT_EQ(transport().send("too late"), PortalTransport::Queued::not_connected);
    expect_event<PortalClosed>();
    EXPECT_EQ(closing_code, 1000);
    EXPECT_EQ(texts, 3);
}

TEST_F(PortalTransportTest, ClosingASilentConnectionEndsWithinTheLimit) {
    options_.close_limit = 100ms;
    const ScriptedServer server([](Wire& wire) {
        upgrade(wire);
        wire.wait_for_end();
    });
    transport().dial(target(server.port()));
    expect_event<PortalConnected>();
    transport().close();
    expect_event<PortalClosed>();
}

TEST_F(PortalTransportTest, ANewDialAbandonsTheOldOneInEveryPhase) {
    const ScriptedServer silent([](Wire& wire) { wire.wait_for_end(); });
    const ScriptedServer welcoming([](Wire& wire) {
        upgrade(wire);
        wire.wait_for_end();
    });
    for (int round = 0; round < 30; ++round) {
        transport().dial(target(silent.port()));
        for (int step = 0; step < round % 5; ++step) loop_->wait(os::read_clocks().instant + 1ms);
        transport().dial(target(welcoming.port()));
        expect_event<PortalConnected>();
    }
    EXPECT_FALSE(next_event(50ms));
}

class PortalTlsTest : public PortalTransportTest {
  protected:
    Certificate certificate_{"portal.test"};
    ScriptedServer server_{[](Wire& wire) {
                               upgrade(wire);
                               const Wire::Frame frame = wire.read_frame();
                               wire.write_frame(kText, "secretly " + frame.payload);
                               wire.wait_for_end();
                           },
                           &certificate_};
};

TEST_F(PortalTlsTest, ATrustedCertificateConnects) {
    options_.ca_file = certificate_.pem_file();
    transport().dial(target(server_.port(), PortalScheme::wss));
    expect_event<PortalConnected>();
    EXPECT_EQ(transport().send("hello"), PortalTransport::Queued::yes);
    EXPECT_EQ(expect_event<PortalText>().frame, "secretly hello");
}

TEST_F(PortalTlsTest, ASelfSignedCertificateIsRefused) {
    transport().dial(target(server_.port(), PortalScheme::wss));
    EXPECT_EQ(expect_event<PortalInvalidCertificate>().reason, "self-signed certificate");
}

TEST_F(PortalTlsTest, ACertificateForAnotherHostIsRefused) {
    options_.ca_file = certificate_.pem_file();
    PortalTarget portal = target(server_.port(), PortalScheme::wss);
    portal.host = "other.test";
    transport().dial(std::move(portal));
    EXPECT_EQ(expect_event<PortalInvalidCertificate>().reason, "hostname mismatch");
}

TEST_F(PortalTlsTest, AMissingTrustFileIsAFailure) {
    options_.ca_file = "/nonexistent.pem";
    transport().dial(target(server_.port(), PortalScheme::wss));
    EXPECT_EQ(expect_event<PortalFailed>().reason.rfind("cannot load trust anchors", 0), 0U);
}

TEST_F(PortalTransportTest, ATlsServerThatStaysSilentFailsWithinTheLimit) {
    options_.handshake_limit = 100ms;
    const ScriptedServer server([](Wire& wire) { wire.wait_for_end(); });
    transport().dial(target(server.port(), PortalScheme::wss));
    EXPECT_EQ(expect_event<PortalFailed>().reason, "TLS with the portal: timed out");
}

TEST_F(PortalTransportTest, APlainServerOnATlsPortIsAFailureNotABadCertificate) {
    const ScriptedServer server([](Wire& wire) { wire.write("HTTP/1.1 400 Bad Request\r\n\r\n"); });
    transport().dial(target(server.port(), PortalScheme::wss));
    expect_event<PortalFailed>();
}

}  // namespace
}  // namespace fz::slowpath
