// What an allocation does when the server is silent, forgetful, unwilling or an impostor.
#include <gtest/gtest.h>

#include "turn/allocation.h"
#include "unit/turn/rig.h"

namespace fz::turn {
namespace {

using namespace test;  // NOLINT: the fixture's words
using stun::Method;
using Times = std::vector<double>;

class FailureDialects : public testing::TestWithParam<Dialect> {};
INSTANTIATE_TEST_SUITE_P(Allocation, FailureDialects,
                         testing::Values(Dialect::firezone, Dialect::coturn),
                         [](const auto& dialect) {
                             return dialect.param == Dialect::firezone ? "Firezone" : "Coturn";
                         });

double seconds_since_start(Instant at) {
    return std::chrono::duration<double>(at - kStart).count();
}

TEST(AllocationFailure, ASilentServerIsGivenUpAfterFourCopies) {
    Rig rig(Dialect::firezone);
    rig.server.silent = true;
    rig.run(8124ms);
    EXPECT_EQ(rig.times(Method::binding), (Times{0, 1, 2.5, 4.75}));
    EXPECT_FALSE(rig.allocation.failure());
    rig.run(1ms);
    EXPECT_EQ(rig.allocation.failure(), Failure::unresponsive);
    EXPECT_EQ(rig.all<Failed>().size(), 1U);
    EXPECT_TRUE(rig.allocation.can_be_freed());
    EXPECT_FALSE(rig.allocation.poll_timeout());
}

TEST(AllocationFailure, TwoSilentSocketsFailOnce) {
    Rig rig(Dialect::firezone, dual_stack());
    rig.server.silent = true;
    rig.run(60s);
    EXPECT_EQ(rig.all<Failed>().size(), 1U);
}

TEST(AllocationFailure, AServerWithoutSocketsFailsAtOnce) {
    Rig rig(Dialect::firezone, Server{});
    rig.settle();
    EXPECT_EQ(rig.allocation.failure(), Failure::unresponsive);
}

TEST(AllocationFailure, ADeadRelayIsNoticedByItsKeepAlive) {
    Rig rig(Dialect::firezone);
    rig.settle();
    rig.allocation.bind_channel(kPeer, rig.now);
    rig.settle();
    rig.server.silent = true;
    rig.run(33124ms);
    EXPECT_FALSE(rig.allocation.failure());
    rig.run(1ms);
    EXPECT_EQ(rig.allocation.failure(), Failure::unresponsive);
    EXPECT_EQ(rig.all<AddressInvalidated>().size(), 2U) << "the relayed ones";
    EXPECT_EQ(rig.all<ChannelUnbound>().size(), 1U);
}

TEST(AllocationFailure, LostKeepAlivesAreForgivenWhileDataArrives) {
    Rig rig(Dialect::firezone);
    rig.settle();
    rig.allocation.bind_channel(kPeer, rig.now);
    rig.settle();
    rig.server.silent = true;
    rig.run(26s);
    EXPECT_TRUE(rig.deliver({0x4000}, "alive"));
    rig.run(20s);
    EXPECT_FALSE(rig.allocation.failure());
}

TEST(AllocationFailure, RetransmissionsRepeatTheTransactionWhileTheNonceHolds) {
    Rig rig(Dialect::firezone);
    rig.run(299s);
    rig.server.silent = true;
    rig.run(6s);
    const auto requests = rig.server.seen(Method::refresh);
    ASSERT_EQ(requests.size(), 4U);
    for (const Seen& request : requests) EXPECT_EQ(request.id, requests[0].id);
}

TEST(AllocationFailure, TheProbeTakesOneCopyAndOneSecond) {
    Rig rig(Dialect::firezone);
    rig.run(10s);
    rig.server.silent = true;
    rig.allocation.refresh(rig.now);
    rig.run(999ms);
    EXPECT_FALSE(rig.allocation.failure());
    rig.run(1ms);
    EXPECT_EQ(rig.allocation.failure(), Failure::unresponsive);
    EXPECT_EQ(rig.times(Method::refresh), (Times{10}));
}

TEST(AllocationFailure, AnAnsweredProbeExtendsTheLifetime) {
    Rig rig(Dialect::firezone);
    rig.run(100s);
    rig.allocation.refresh(rig.now);
    rig.run(301s);
    EXPECT_EQ(rig.times(Method::refresh), (Times{100, 400}));
}

TEST(AllocationFailure, RestartBeginsAnew) {
    Rig rig(Dialect::firezone);
    rig.server.silent = true;
    rig.run(10s);
    rig.server.silent = false;
    rig.allocation.refresh(rig.now);
    rig.settle();
    EXPECT_FALSE(rig.allocation.failure());
    EXPECT_TRUE(rig.allocation.relayed(wire::Family::v4));
}

TEST_P(FailureDialects, WrongCredentialsEndItAfterOneTry) {
    Rig rig(GetParam(), v4_only(), "another password");
    rig.run(1h);
    EXPECT_EQ(rig.server.seen(Method::allocate).size(), 2U);
    EXPECT_EQ(rig.allocation.failure(), Failure::bad_credentials);
    const auto before = rig.server.seen().size();
    rig.allocation.refresh(rig.now);
    rig.run(1h);
    EXPECT_EQ(rig.server.seen().size(), before) << "new credentials need a new object";
}

TEST_P(FailureDialects, AStaleNonceIsRenewedOnEveryKindOfRequest) {
    Rig rig(GetParam());
    rig.settle();
    rig.server.change_nonce();
    rig.allocation.bind_channel(kPeer, rig.now);
    rig.settle();
    EXPECT_EQ(rig.server.seen(Method::channel_bind).size(), 2U);
    EXPECT_EQ(rig.all<ChannelBound>().size(), 1U);
    rig.server.change_nonce();
    rig.run(301s);
    EXPECT_EQ(rig.times(Method::refresh), (Times{300, 300}));
    EXPECT_EQ(rig.all<AddressInvalidated>().size(), 0U);
}

TEST_P(FailureDialects, EndlessStaleNoncesAreNotFollowed) {
    Rig rig(GetParam());
    rig.server.always[Method::allocate] = 438;
    rig.run(1h);
    EXPECT_LE(rig.server.seen(Method::allocate).size(), 4U);
    EXPECT_TRUE(rig.allocation.is_suspended());
}

TEST_P(FailureDialects, APredecessorsAllocationIsClearedBeforeOurs) {
    Rig rig(GetParam());
    rig.server.occupy(rig.now);
    rig.run(10s);
    EXPECT_EQ(rig.times(Method::allocate), (Times{0, 0, 1.5})) << "bare, 437, a rest";
    EXPECT_EQ(rig.times(Method::refresh), (Times{0}));
    EXPECT_EQ(rig.server.seen(Method::refresh)[0].lifetime, 0s);
    EXPECT_TRUE(rig.allocation.relayed(wire::Family::v4));
}

TEST_P(FailureDialects, AnEndlessMismatchBacksOffAndIsGivenUp) {
    Rig rig(GetParam());
    rig.server.always[Method::allocate] = 437;
    rig.run(1h);
    EXPECT_EQ(rig.times(Method::allocate), (Times{0, 0, 1.5, 4.5, 10.5, 22.5, 46.5}));
    EXPECT_TRUE(rig.allocation.is_suspended());
    EXPECT_FALSE(rig.allocation.poll_timeout());
}

TEST_P(FailureDialects, AForgottenAllocationIsMadeAnewWithItsChannels) {
    Rig rig(GetParam());
    rig.settle();
    rig.allocation.bind_channel(kPeer, rig.now);
    rig.settle();
    rig.server.forget_allocation();
    rig.events.clear();
    rig.run(301s);
    EXPECT_TRUE(rig.server.has_allocation(rig.now));
    EXPECT_EQ(rig.times(Method::allocate), (Times{0, 0, 300})) << "at the REFRESH's 437";
    EXPECT_EQ(rig.server.channels().at({0x4001}), kPeer);
    ASSERT_EQ(rig.all<ChannelUnbound>().size(), 1U);
    ASSERT_EQ(rig.all<ChannelBound>().size(), 1U);
    EXPECT_EQ(rig.all<ChannelBound>()[0].binding.peer, kPeer);
}

TEST(AllocationFailure, AMismatchOnAChannelBindMakesANewAllocation) {
    Rig rig(Dialect::firezone);
    rig.run(20s);
    rig.server.forget_allocation();
    rig.allocation.bind_channel(kPeer, rig.now);
    rig.run(1s);
    EXPECT_EQ(rig.times(Method::allocate), (Times{0, 0, 20}));
    EXPECT_EQ(rig.server.channels().size(), 1U);
}

TEST(AllocationFailure, ABadRequestOnAChannelBindAsksForTheAllocation) {
    Rig rig(Dialect::coturn);
    rig.run(30s);
    rig.server.forget_allocation();
    rig.allocation.bind_channel(kPeer, rig.now);
    rig.run(5s);
    EXPECT_EQ(rig.times(Method::refresh), (Times{30}));
    EXPECT_EQ(rig.times(Method::allocate), (Times{0, 0, 30}));
    EXPECT_TRUE(rig.allocation.channel_to(kPeer, rig.now));
    rig.settle();
    EXPECT_EQ(rig.server.channels().size(), 1U);
}

TEST(AllocationFailure, AServerThatForgetsAtOnceIsAskedOncePerSecond) {
    Rig rig(Dialect::firezone);
    rig.settle();
    rig.server.always[Method::channel_bind] = 437;
    for (int i = 0; i < 100; ++i) {
        rig.server.forget_allocation();
        rig.allocation.bind_channel(kPeer, rig.now);
        rig.run(100ms);
    }
    EXPECT_LE(rig.server.seen(Method::allocate).size(), 12U);
}

TEST_P(FailureDialects, ARefusedAllocationRestsUntilTheRelaysChange) {
    for (const int code : {300, 400, 403, 440, 441, 442, 486, 500, 508}) {
        Rig rig(GetParam());
        rig.allocation.bind_channel(kPeer, rig.now);
        rig.server.script[Method::allocate] = {code};
        rig.run(1h);
        EXPECT_TRUE(rig.allocation.is_suspended()) << code;
        EXPECT_FALSE(rig.allocation.can_be_freed());
        EXPECT_EQ(rig.server.seen(Method::allocate).size(), 2U);
        EXPECT_EQ(rig.server.seen(Method::binding).size(), 1U) << "nothing to keep alive";
        rig.allocation.refresh(rig.now);
        rig.settle();
        EXPECT_FALSE(rig.allocation.is_suspended());
        EXPECT_TRUE(rig.allocation.relayed(wire::Family::v4));
        EXPECT_TRUE(rig.server.channels().empty()) << "remembered peers were given up";
    }
}

TEST_P(FailureDialects, AnUnknownAttributeIsAProtocolFailure) {
    Rig rig(GetParam());
    rig.server.script[Method::allocate] = {420};
    rig.run(1h);
    EXPECT_EQ(rig.allocation.failure(), Failure::protocol);
    EXPECT_TRUE(rig.allocation.can_be_freed());
}

TEST_P(FailureDialects, ARefusedChannelTriesAnotherNumberAfterAWhile) {
    Rig rig(GetParam());
    rig.settle();
    rig.server.script[Method::channel_bind] = {403};
    for (int i = 0; i < 30; ++i) {
        rig.allocation.bind_channel(kPeer, rig.now);
        rig.run(100ms);
    }
    EXPECT_EQ(rig.times(Method::channel_bind), (Times{0, 2}));
    EXPECT_EQ(rig.server.channels().at({0x4001}), kPeer);
}

TEST_P(FailureDialects, ARefusedRefreshIsTriedAgainAndThenExpires) {
    Rig rig(GetParam());
    rig.run(299s);
    rig.server.always[Method::refresh] = 508;
    rig.run(2s);
    EXPECT_EQ(rig.times(Method::refresh), (Times{300}));
    rig.run(298s);
    EXPECT_EQ(rig.server.seen(Method::refresh).size(), 12U) << "every 25 s";
    EXPECT_TRUE(rig.all<AddressInvalidated>().empty());
    rig.run(2s);
    EXPECT_FALSE(rig.all<AddressInvalidated>().empty()) << "at 600 s";
    EXPECT_EQ(rig.times(Method::allocate).back(), 600);
    EXPECT_TRUE(rig.allocation.relayed(wire::Family::v4));
}

TEST(AllocationFailure, ALifetimeOfZeroMeansItIsGone) {
    Rig rig(Dialect::firezone);
    rig.run(299s);
    rig.server.lifetime = 0s;
    rig.run(1s);
    rig.server.lifetime = 600s;
    EXPECT_FALSE(rig.allocation.relayed(wire::Family::v4));
    rig.run(2s);
    EXPECT_TRUE(rig.allocation.relayed(wire::Family::v4));
    EXPECT_EQ(rig.times(Method::allocate), (Times{0, 0, 301.5}));
}

TEST(AllocationFailure, AnUnprovenSuccessIsNoSuccess) {
    Rig rig(Dialect::firezone);
    rig.server.sign_successes = false;
    rig.run(1s);
    EXPECT_FALSE(rig.allocation.relayed(wire::Family::v4));
    EXPECT_EQ(rig.allocation.active_socket(), kServerV4);
    rig.run(1h);
    for (const auto& added : rig.all<AddressAdded>())
        EXPECT_NE(added.address.kind, AddressKind::relayed);
    EXPECT_TRUE(rig.allocation.is_suspended());
    EXPECT_LT(rig.server.seen().size(), 40U);
}

TEST(AllocationFailure, ForeignDatagramsAreLeftToOthers) {
    Rig rig(Dialect::firezone);
    wire::DatagramBytes response;
    stun::Builder(response, stun::Class::success, Method::binding, stun::TransactionId{})
        .xor_mapped_address(kPeer);
    wire::DatagramBytes request;
    stun::Builder(request, stun::Class::request, Method::binding, stun::TransactionId{});
    const auto handle = [&](const wire::SocketAddr& from, Bytes bytes) {
        return rig.allocation.handle_response(from, kLocalV4, bytes, rig.now);
    };
    EXPECT_EQ(handle(kPeer, response.view()), Input::foreign);
    EXPECT_EQ(handle(kServerV4, request.view()), Input::foreign);
    EXPECT_EQ(handle(kServerV4, as_bytes("no stun at all")), Input::foreign);
    EXPECT_EQ(handle(kServerV4, response.view()), Input::consumed) << "unknown transaction";
    EXPECT_FALSE(rig.allocation.active_socket());
}

TEST(AllocationFailure, ABindingAnswerFromAnotherSocketOfTheServerDoesNotCount) {
    Rig rig(Dialect::firezone, dual_stack());
    const auto to_v4 = rig.allocation.poll_transmit();
    ASSERT_TRUE(to_v4);
    ASSERT_EQ(to_v4->dst, kServerV4);
    const auto answer = rig.server.handle(*to_v4, rig.now);
    EXPECT_EQ(rig.allocation.handle_response(kServerV6, kLocalV6, answer->view(), rig.now),
              Input::consumed);
    EXPECT_FALSE(rig.allocation.active_socket());
}

TEST(AllocationFailure, AWronglySignedRefusalIsIgnored) {
    Rig rig(Dialect::firezone);
    rig.settle();
    rig.allocation.refresh(rig.now);
    const auto probe = rig.allocation.poll_transmit();
    ASSERT_TRUE(probe);
    const auto message = stun::Message::parse(probe->payload.view());
    wire::DatagramBytes forged;
    stun::Builder(forged, stun::Class::error, Method::refresh, message->transaction_id())
        .error_code(437, "gone")
        .integrity(stun::short_term_key("guess"));
    EXPECT_EQ(rig.allocation.handle_response(kServerV4, kLocalV4, forged.view(), rig.now),
              Input::consumed);
    EXPECT_TRUE(rig.allocation.relayed(wire::Family::v4));
    static int lines = 0;
    log::set_sink([](const log::Line&) { ++lines; }, log::Level::debug);
    for (int i = 0; i < 1000; ++i)
        static_cast<void>(
            rig.allocation.handle_response(kServerV4, kLocalV4, forged.view(), rig.now));
    log::set_sink(nullptr, log::Level::error);
    EXPECT_EQ(lines, log::Limit::kLinesPerWindow) << "a flood of them fills no log";
}

TEST(AllocationFailure, NoRunOfErrorsMakesATightLoop) {
    const int codes[] = {300, 400, 401, 403, 420, 437, 438, 440, 443, 486, 500, 508};
    for (const auto dialect : {Dialect::firezone, Dialect::coturn}) {
        for (const Method method : {Method::allocate, Method::refresh, Method::channel_bind}) {
            for (const int code : codes) {
                Rig rig(dialect);
                rig.settle();
                rig.server.always[method] = code;
                rig.server.forget_allocation();
                for (int i = 0; i < 600; ++i) {
                    rig.allocation.bind_channel(kPeer, rig.now);
                    rig.run(1s);
                    if (seconds_since_start(rig.now) == 60) rig.allocation.refresh(rig.now);
                }
                EXPECT_LT(rig.server.seen().size(), 4000U)
                    << "method " << static_cast<int>(method) << ' ' << code;
            }
        }
    }
}

}  // namespace
}  // namespace fz::turn
