#include "portal/channel.h"

#include "unit/portal/support.h"

namespace fz::portal {
namespace {

using namespace test;

std::string reply(std::uint64_t ref, std::string_view status, std::string_view response,
                  std::string_view topic = "gateway") {
    return R"({"event":"phx_reply","payload":{"response":)" + std::string(response) +
           R"(,"status":")" + std::string(status) + R"("},"ref":)" + std::to_string(ref) +
           R"(,"topic":")" + std::string(topic) + "\"}";
}
std::string ok(std::uint64_t ref) { return reply(ref, "ok", "{}"); }
std::string error(std::uint64_t ref, std::string_view reason) {
    return reply(ref, "error", R"({"reason":")" + std::string(reason) + "\"}");
}
std::string join(std::uint64_t ref) { return with_ref(join_body(Role::gateway), ref); }
std::string heartbeat(std::uint64_t ref) { return with_ref(heartbeat_body(), ref); }
std::string authorized(const std::string& flow, std::uint64_t ref) {
    return with_ref(message_body(Role::gateway, FlowAuthorized{flow}), ref);
}

class ChannelTest : public ::testing::Test {
  protected:
    void text(const std::string& frame) { channel.handle_text(frame, now); }
    std::optional<std::string> written() { return channel.poll_frame(now); }
    void pass(Duration time) {
        now += time;
        channel.handle_timeout(now);
    }
    template <typename Event>
    Event event() {
        auto got = channel.poll_event();
        EXPECT_TRUE(got);
        EXPECT_FALSE(channel.poll_event());
        EXPECT_TRUE(got && std::holds_alternative<Event>(*got));
        return got && std::holds_alternative<Event>(*got) ? std::get<Event>(*got) : Event{};
    }
    bool silent() { return !channel.poll_event(); }
    /// Connects and joins; the join's ref is `ref`.
    void connect(std::uint64_t ref) {
        channel.on_connected(now);
        EXPECT_EQ(written(), join(ref));
        EXPECT_EQ(written(), std::nullopt);
        text(ok(ref));
        event<Joined>();
    }

    Instant now{100s};
    Channel channel{Role::gateway};
};

TEST_F(ChannelTest, JoinsBeforeAnythingElse) {
    EXPECT_EQ(channel.poll_timeout(), std::nullopt);
    channel.send(FlowAuthorized{"R1"}, now);
    EXPECT_EQ(written(), std::nullopt);
    connect(0);
    EXPECT_TRUE(channel.is_joined());
    EXPECT_EQ(written(), authorized("R1", 1));
    EXPECT_EQ(written(), std::nullopt);
}

TEST_F(ChannelTest, OnlyAnEmptyResponseToItsOwnRefCompletesAJoin) {
    channel.on_connected(now);
    EXPECT_EQ(written(), join(0));
    text(ok(1));
    text(reply(0, "ok", "null"));
    text(reply(0, "ok", R"({"a":1})"));
    EXPECT_FALSE(channel.is_joined());
    EXPECT_TRUE(silent());
    text(reply(0, "ok", "{}", "whatever"));
    event<Joined>();
}

TEST_F(ChannelTest, AnUnansweredJoinEndsAfterFiveSecondsSharp) {
    channel.on_connected(now);
    EXPECT_EQ(channel.poll_timeout(), now + 5s);
    EXPECT_EQ(written(), join(0));
    pass(5s - 1ns);
    EXPECT_TRUE(silent());
    pass(1ns);
    event<Reconnect>();
    EXPECT_EQ(channel.poll_timeout(), std::nullopt);
    text(ok(0));
    EXPECT_TRUE(silent());
}

TEST_F(ChannelTest, ARefusedJoinIsFatalForGood) {
    channel.on_connected(now);
    EXPECT_EQ(written(), join(0));
    text(error(0, "disabled"));
    EXPECT_EQ(event<Fatal>().reason, "the portal refused the login: disabled");
    channel.on_disconnected(now);
    channel.on_connected(now);
    channel.send(FlowAuthorized{"R1"}, now);
    EXPECT_EQ(written(), std::nullopt);
    EXPECT_EQ(channel.poll_timeout(), std::nullopt);
}

TEST_F(ChannelTest, AnErrorOnAnotherTopicDoesNotRefuseTheJoin) {
    channel.on_connected(now);
    EXPECT_EQ(written(), join(0));
    text(reply(0, "error", R"({"reason":"x"})", "other"));
    event<Malformed>();
    text(ok(0));
    event<Joined>();
}

TEST_F(ChannelTest, RefsCountOverReconnects) {
    connect(0);
    channel.send(FlowAuthorized{"R1"}, now);
    EXPECT_EQ(written(), authorized("R1", 1));
    EXPECT_EQ(written(), std::nullopt);
    channel.on_disconnected(now);
    connect(2);
    pass(30s);
    EXPECT_EQ(written(), heartbeat(3));
}

TEST_F(ChannelTest, TheQueueSurvivesReconnectsAndSoDoesAnUnconfirmedFrame) {
    connect(0);
    for (const char* ref : {"R1", "R2", "R3"}) channel.send(FlowAuthorized{ref}, now);
    EXPECT_EQ(written(), authorized("R1", 1));
    EXPECT_EQ(written(), authorized("R2", 2));  // confirms R1; writing R2 fails
    channel.on_disconnected(now);
    EXPECT_EQ(written(), std::nullopt);
    connect(3);
    EXPECT_EQ(written(), authorized("R2", 4));
    EXPECT_EQ(written(), authorized("R3", 5));
    EXPECT_EQ(written(), std::nullopt);
}

TEST_F(ChannelTest, EqualCandidateListsWaitOnlyOnce) {
    const BroadcastIceCandidates add{{kClient}, {"candidate:1"}};
    const BroadcastInvalidatedIceCandidates withdraw{{kClient}, {"candidate:1"}};
    channel.send(add, now);
    channel.send(withdraw, now);
    channel.send(add, now);
    connect(0);
    EXPECT_EQ(written(), with_ref(message_body(Role::gateway, withdraw), 1));
    EXPECT_EQ(written(), with_ref(message_body(Role::gateway, add), 2));
    EXPECT_EQ(written(), std::nullopt);
}

TEST_F(ChannelTest, HeartbeatsThirtySecondsAfterTheLastFrame) {
    connect(0);
    pass(20s);
    channel.send(FlowAuthorized{"R1"}, now);
    EXPECT_EQ(written(), authorized("R1", 1));
    EXPECT_EQ(written(), std::nullopt);
    EXPECT_EQ(channel.poll_timeout(), now + 30s);
    pass(30s - 1ns);
    EXPECT_EQ(written(), std::nullopt);
    pass(1ns);
    EXPECT_EQ(written(), heartbeat(2));
    EXPECT_EQ(written(), std::nullopt);
    text(reply(2, "ok", "{}", "phoenix"));
    EXPECT_TRUE(silent());
    EXPECT_EQ(channel.poll_timeout(), now + 30s);
}

TEST_F(ChannelTest, MoreThanThreeUnansweredHeartbeatsReconnect) {
    connect(0);
    pass(30s);
    for (std::uint64_t ref = 1; ref <= 4; ++ref) {
        EXPECT_TRUE(silent());
        EXPECT_EQ(written(), heartbeat(ref));
        EXPECT_EQ(channel.poll_timeout(), now + 10s);
        pass(10s);
    }
    event<Reconnect>();
    EXPECT_EQ(written(), std::nullopt);
}

TEST_F(ChannelTest, AConnectionThatTakesNoBytesEndsAsWell) {
    connect(0);
    for (int i = 0; i < 4; ++i) pass(i == 0 ? 30s : 10s);
    EXPECT_TRUE(silent());
    pass(10s);
    event<Reconnect>();
}

TEST_F(ChannelTest, AnythingHeardCountsAsAnAnswer) {
    connect(0);
    pass(30s);
    pass(10s);
    EXPECT_EQ(written(), heartbeat(1));
    text(frame("gateway_ingress", "reject_access"));
    event<IngressMessage>();
    EXPECT_EQ(channel.poll_timeout(), now + 30s);
}

TEST_F(ChannelTest, RejoinsOnUnmatchedTopicOncePerCrash) {
    connect(0);
    for (const char* ref : {"R1", "R2", "R3"}) channel.send(FlowAuthorized{ref}, now);
    EXPECT_EQ(written(), authorized("R1", 1));
    EXPECT_EQ(written(), authorized("R2", 2));
    text(error(1, "unmatched topic"));
    EXPECT_EQ(written(), join(3));
    EXPECT_EQ(written(), std::nullopt);
    text(error(2, "unmatched topic"));  // still about the channel that crashed
    event<Malformed>();
    EXPECT_EQ(written(), std::nullopt);
    text(ok(3));
    event<Joined>();
    EXPECT_EQ(written(), authorized("R3", 4));
}

TEST_F(ChannelTest, RejoinsWhenTheChannelCrashesButNotForEver) {
    connect(0);
    for (std::uint64_t ref = 1; ref <= 3; ++ref) {
        text(R"({"event":"phx_error","topic":"gateway","ref":0,"payload":{}})");
        EXPECT_TRUE(silent());
        EXPECT_EQ(written(), join(ref));
        text(ok(ref));
        event<Joined>();
    }
    text(R"({"event":"phx_error","topic":"gateway","ref":0,"payload":{}})");
    event<Reconnect>();
    channel.on_disconnected(now);
    connect(4);
    text(R"({"event":"phx_error","topic":"gateway","ref":4,"payload":{}})");
    EXPECT_EQ(written(), join(5));
}

// Phoenix closes the old channel of a topic, saying so, before it answers a new join for it.
TEST_F(ChannelTest, ACloseWhileAJoinWaitsSpeaksOfTheChannelBeforeIt) {
    connect(0);
    text(error(3, "unmatched topic"));
    EXPECT_EQ(written(), join(1));
    text(R"({"event":"phx_close","topic":"gateway","ref":0,"payload":{}})");
    EXPECT_TRUE(silent());
    text(ok(1));
    event<Joined>();
}

TEST_F(ChannelTest, OtherErrorRepliesAreOnlyReported) {
    connect(0);
    text(error(7, "unknown_message"));
    EXPECT_EQ(event<Malformed>().why, "error reply: unknown_message");
    EXPECT_TRUE(channel.is_joined());
}

struct Incoming {
    const char* description;
    std::string text;
    enum class Effect { none, malformed, message, reconnect, fatal } effect;
};

class IncomingTest : public ChannelTest, public ::testing::WithParamInterface<Incoming> {};

TEST_P(IncomingTest, HasItsEffectOnceJoined) {
    using Effect = Incoming::Effect;
    connect(0);
    text(GetParam().text);
    SCOPED_TRACE(GetParam().description);
    switch (GetParam().effect) {
        case Effect::none:
            EXPECT_TRUE(silent());
            break;
        case Effect::malformed:
            event<Malformed>();
            break;
        case Effect::message:
            event<IngressMessage>();
            break;
        case Effect::reconnect:
            event<Reconnect>();
            break;
        case Effect::fatal:
            event<Fatal>();
            break;
    }
    const bool stays = GetParam().effect != Effect::reconnect && GetParam().effect != Effect::fatal;
    EXPECT_EQ(channel.is_joined(), stays);
}

using enum Incoming::Effect;
INSTANTIATE_TEST_SUITE_P(
    Table, IncomingTest,
    ::testing::Values(
        Incoming{"duplicate join reply", ok(0), none},
        Incoming{"reply without response", reply(9, "ok", "null"), none},
        Incoming{"error reply to something else", error(9, "disabled"), malformed},
        Incoming{
            "reply without ref",
            R"({"event":"phx_reply","topic":"gateway","payload":{"status":"ok","response":{}}})",
            malformed},
        Incoming{"ref as string",
                 R"({"event":"phx_close","topic":"gateway","ref":"1","payload":{}})", malformed},
        Incoming{"phx_error with payload",
                 R"({"event":"phx_error","topic":"gateway","payload":{"reason":"x"}})", malformed},
        Incoming{"phx_close", R"({"event":"phx_close","topic":"gateway","ref":0,"payload":{}})",
                 reconnect},
        Incoming{"phx_close with payload",
                 R"({"event":"phx_close","topic":"gateway","payload":{"a":1}})", malformed},
        Incoming{
            "token expired",
            R"({"event":"disconnect","topic":"gateway","payload":{"reason":"token_expired","a":1}})",
            fatal},
        Incoming{"other disconnect",
                 R"({"event":"disconnect","topic":"gateway","payload":{"reason":"deploy"}})",
                 reconnect},
        Incoming{"disconnect without reason",
                 R"({"event":"disconnect","topic":"gateway","payload":null})", reconnect},
        Incoming{"message of any topic and ref",
                 R"({"event":"relays_presence","topic":"x","ref":99,"join_ref":"7","payload":)"
                 R"({"disconnected_ids":[],"connected":[]}})",
                 message},
        Incoming{"unknown event", push("tea_time", "{}"), malformed},
        Incoming{"missing field", push("reject_access", "{}"), malformed},
        Incoming{"cut short", R"({"event":"init","topic":"gate)", reconnect},
        Incoming{"not JSON", "hello", malformed}, Incoming{"empty", "", malformed}));

TEST_F(ChannelTest, ACloseFrameMeansReconnect) {
    connect(0);
    channel.handle_close(now);
    event<Reconnect>();
    channel.handle_close(now);
    EXPECT_TRUE(silent());
}

TEST_F(ChannelTest, NothingIsDueBeforeTheDeadline) {
    channel.handle_timeout(now);
    connect(0);
    for (int i = 0; i < 29; ++i) {
        pass(1s);
        EXPECT_EQ(written(), std::nullopt);
        EXPECT_TRUE(silent());
    }
}

TEST(Channel, ClientsSpeakTheirOwnTopic) {
    Channel channel(Role::client);
    const Instant now{1s};
    channel.on_connected(now);
    EXPECT_EQ(channel.poll_frame(now), with_ref(join_body(Role::client), 0));
    channel.handle_text(reply(0, "ok", "{}", "client"), now);
    channel.handle_text(frame("client_ingress", "flow_created"), now);
    EXPECT_TRUE(std::holds_alternative<Joined>(channel.poll_event().value()));
    const auto event = channel.poll_event().value();
    const auto& message = std::get<ClientIngress>(std::get<IngressMessage>(event));
    EXPECT_TRUE(std::holds_alternative<FlowCreated>(message));
}

}  // namespace
}  // namespace fz::portal
