#include "ice/agent.h"

#include <gtest/gtest.h>

#include "ice/binding.h"
#include "network.h"
#include "stun/builder.h"
#include "stun/credentials.h"

namespace fz::ice::test {
namespace {

constexpr std::string_view kGateway = "10.0.0.1:52625";
constexpr std::string_view kClient = "10.0.0.2:52625";

struct AgentTest : ::testing::Test {
    Network net;
    Agent& gateway = net.gateway.agent;

    void SetUp() override { gateway.add_local_candidate(*Candidate::host(at(kGateway)), net.now); }

    wire::DatagramBytes request(std::string_view username, std::string_view password,
                                Role role = Role::controlling) {
        return *write_request({.id = stun::TransactionId::random(net.random),
                               .username = username,
                               .role = role,
                               .tie_breaker = 5,
                               .priority = 1862270719,
                               .purpose = Purpose::check},
                              stun::short_term_key(password));
    }
    bool handle(const wire::DatagramBytes& bytes) {
        return gateway.handle_packet(at(kClient), at(kGateway), *stun::Message::parse(bytes.view()),
                                     net.now);
    }
};

TEST_F(AgentTest, AcceptsOnlyRequestsUnderBothNamesAndItsPassword) {
    const auto accepted = [&](std::string_view username, std::string_view password) {
        return gateway.accepts(*stun::Message::parse(request(username, password).view()));
    };
    EXPECT_TRUE(accepted("gatw:clnt", "gatewaypassword22char!"));
    EXPECT_FALSE(accepted("gatw:clnt", "clientpassword22chars!"));
    EXPECT_FALSE(accepted("clnt:gatw", "gatewaypassword22char!"));
    EXPECT_FALSE(accepted("gatw:clntx", "gatewaypassword22char!"));
    EXPECT_FALSE(accepted("gatw", "gatewaypassword22char!"));
}

TEST_F(AgentTest, RefusesARequestWithoutPriority) {
    wire::DatagramBytes bytes;
    stun::Builder(bytes, stun::Class::request, stun::Method::binding, {})
        .username("gatw:clnt")
        .integrity(stun::short_term_key("gatewaypassword22char!"));
    EXPECT_FALSE(handle(bytes));
    EXPECT_FALSE(gateway.has_remote_candidate());
}

TEST_F(AgentTest, RefusesAnAnswerToNoCheckOfIts) {
    EXPECT_FALSE(handle(write_success({}, at(kGateway), as_bytes("clientpassword22chars!"))));
}

TEST_F(AgentTest, AnswersAndLearnsAnUnknownSource) {
    ASSERT_TRUE(handle(request("gatw:clnt", "gatewaypassword22char!")));
    EXPECT_TRUE(gateway.has_remote_candidate());
    EXPECT_EQ(gateway.state(), State::checking);

    const auto answer = gateway.poll_transmit();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->local, at(kGateway));
    EXPECT_EQ(answer->remote, at(kClient));
    EXPECT_FALSE(answer->awaits);
    const auto message = stun::Message::parse(answer->message.view());
    EXPECT_TRUE(message->is(stun::Class::success, stun::Method::binding));
    EXPECT_EQ(message->xor_mapped_address(), at(kClient));
    EXPECT_TRUE(message->integrity_ok(as_bytes("gatewaypassword22char!")));

    const auto check = gateway.poll_transmit();
    ASSERT_TRUE(check);
    const auto triggered = stun::Message::parse(check->message.view());
    EXPECT_EQ(check->awaits, triggered->transaction_id());
    EXPECT_EQ(triggered->username(), "clnt:gatw");
    EXPECT_EQ(triggered->priority(), 1862270719U);
    EXPECT_TRUE(triggered->ice_controlled());
    EXPECT_FALSE(triggered->use_candidate());
    EXPECT_FALSE(gateway.poll_transmit());
}

TEST_F(AgentTest, IgnoresARequestForAnAddressItDoesNotHave) {
    const auto bytes = request("gatw:clnt", "gatewaypassword22char!");
    gateway.handle_packet(at(kClient), at("10.0.0.9:52625"), *stun::Message::parse(bytes.view()),
                          net.now);
    EXPECT_FALSE(gateway.poll_transmit());
    EXPECT_FALSE(gateway.has_remote_candidate());
}

TEST_F(AgentTest, AnswersARoleConflictWith487AndLearnsNothing) {
    ASSERT_TRUE(handle(request("gatw:clnt", "gatewaypassword22char!", Role::controlled)));
    const auto answer = gateway.poll_transmit();
    ASSERT_TRUE(answer);
    const auto message = stun::Message::parse(answer->message.view());
    ASSERT_TRUE(message->error_code());
    EXPECT_EQ(message->error_code()->code, 487);
    EXPECT_FALSE(gateway.has_remote_candidate());
    EXPECT_FALSE(gateway.poll_transmit());
}

TEST_F(AgentTest, IgnoresCandidatesOfAnotherUfrag) {
    Candidate foreign = *Candidate::host(at(kClient));
    foreign.ufrag = "else";
    gateway.add_remote_candidate(foreign, net.now);
    EXPECT_FALSE(gateway.has_remote_candidate());
}

TEST_F(AgentTest, SignalsCandidatesWithItsUfragAndFallingPriority) {
    EXPECT_EQ(gateway.local_candidates()[0].ufrag, "gatw");
    const auto second =
        gateway.add_local_candidate(*Candidate::host(at("10.0.1.1:52625")), net.now);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->priority, 2130705663U);
    EXPECT_FALSE(gateway.add_local_candidate(*Candidate::host(at("10.0.1.1:52625")), net.now));
    const auto removed = gateway.remove_local_candidate(at("10.0.1.1:52625"), net.now);
    ASSERT_TRUE(removed);
    EXPECT_FALSE(removed->ufrag);
    EXPECT_EQ(gateway.local_candidates().size(), 1U);
}

TEST_F(AgentTest, ChecksANewPairAtOnceAndOnSchedule) {
    gateway.add_remote_candidate(*Candidate::host(at(kClient)), net.now);
    EXPECT_TRUE(gateway.poll_transmit());
    EXPECT_EQ(gateway.poll_timeout(), net.now + 250ms);
    gateway.handle_timeout(net.now + 249ms);
    EXPECT_FALSE(gateway.poll_transmit());
    gateway.handle_timeout(net.now + 250ms);
    EXPECT_TRUE(gateway.poll_transmit());
    EXPECT_FALSE(gateway.poll_transmit());
}

TEST_F(AgentTest, GuessesAForwardedPortOfTheClient) {
    gateway.add_remote_candidate(*Candidate::host(at(kClient)), net.now);
    gateway.add_remote_candidate(*Candidate::server_reflexive(at("203.0.113.9:41000"), at(kClient)),
                                 net.now);
    std::vector<wire::SocketAddr> checked;
    while (const auto check = gateway.poll_transmit()) checked.push_back(check->remote);
    EXPECT_EQ(checked,
              (std::vector{at(kClient), at("203.0.113.9:41000"), at("203.0.113.9:52625")}));
}

TEST_F(AgentTest, DisconnectsWhenTheLastPairHasFailed) {
    gateway.add_remote_candidate(*Candidate::host(at(kClient)), net.now);
    net.run_for(1min);
    EXPECT_EQ(net.gateway.entered(State::disconnected), Network::kStart + 15250ms);
}

TEST_F(AgentTest, DisconnectsWhenNothingCouldBePairedForTenSeconds) {
    gateway.add_remote_candidate(*Candidate::host(at("[2001:db8::1]:1")), net.now);
    net.run_for(9999ms);
    EXPECT_EQ(gateway.state(), State::waiting);
    net.run_for(1min);
    EXPECT_EQ(net.gateway.entered(State::disconnected), Network::kStart + 10s);
    EXPECT_FALSE(gateway.poll_timeout());

    gateway.add_local_candidate(*Candidate::host(at("[2001:db8::2]:1")), net.now);
    EXPECT_EQ(gateway.state(), State::checking);
}

TEST_F(AgentTest, WithdrawalDropsThePairsAndASecondSignalRevivesThem) {
    const Candidate relay = *Candidate::relayed(at("198.51.100.7:50001"), wire::Family::v4);
    gateway.add_remote_candidate(relay, net.now);
    gateway.remove_remote_candidate(relay, net.now);
    EXPECT_EQ(gateway.state(), State::disconnected);
    gateway.add_remote_candidate(relay, net.now);
    EXPECT_EQ(gateway.state(), State::checking);
}

TEST_F(AgentTest, AWithdrawnRelayIsNotLearnedAgain) {
    const Candidate relay = *Candidate::relayed(at(kClient), wire::Family::v4);
    gateway.add_remote_candidate(relay, net.now);
    gateway.remove_remote_candidate(relay, net.now);
    while (gateway.poll_transmit()) continue;
    EXPECT_TRUE(handle(request("gatw:clnt", "gatewaypassword22char!")));
    EXPECT_FALSE(gateway.poll_transmit());
    EXPECT_EQ(gateway.state(), State::disconnected);
}

}  // namespace
}  // namespace fz::ice::test
