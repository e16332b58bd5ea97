#include "portal/client_messages.h"

#include "unit/portal/support.h"

namespace fz::portal {
namespace {

using namespace test;

std::string recorded(const std::string& event) { return frame("client_ingress", event); }

TEST(ClientMessages, EveryRecordedOneIsUnderstood) {
    for (const std::string& text : frames("client_ingress"))
        EXPECT_EQ(refusal(Role::client, text), "") << text;
    EXPECT_EQ(frames("client_ingress").size(), 9u);
}

TEST(ClientMessages, ReadsInit) {
    const auto init = client_message<ClientInit>(recorded("init"));
    EXPECT_EQ(init.interface.addresses.v4, ip("100.64.20.3"));
    EXPECT_EQ(init.interface.upstream_dns, (std::vector<wire::SocketAddr>{addr("192.0.2.53:53")}));
    EXPECT_EQ(init.interface.search_domain, std::nullopt);
    ASSERT_EQ(init.resources.size(), 3u);
    EXPECT_EQ(init.resources[0].id, kCidrResource);
    EXPECT_EQ(std::get<policy::CidrTarget>(init.resources[0].target).network.to_string(),
              "10.20.0.0/16");
    ASSERT_EQ(init.resources[0].sites.size(), 1u);
    EXPECT_EQ(init.resources[0].sites[0].name, "hq");
    EXPECT_EQ(std::get<policy::DnsTarget>(init.resources[1].target).pattern, "*.corp.example");
    EXPECT_EQ(init.resources[1].ip_stack, IpStack::dual);
    EXPECT_EQ(init.resources[2].name, "Internet Resource");
}

TEST(ClientMessages, UnknownAndBrokenResourcesAreSkippedOneByOne) {
    const auto init = client_message<ClientInit>(
        with(with(recorded("init"), R"("type":"cidr")", R"("type":"teapot")"), R"("resources":[)",
             R"("resources":[7,{},)"));
    ASSERT_EQ(init.resources.size(), 2u);
    EXPECT_EQ(init.resources[0].id, kDnsResource);
}

TEST(ClientMessages, ReadsResourceChanges) {
    const std::string text = recorded("resource_created_or_updated");
    EXPECT_EQ(client_message<ResourceCreatedOrUpdated>(text).resource.id, kDnsResource);
    EXPECT_EQ(client_message<ResourceCreatedOrUpdated>(with(text, "\"dual\"", "\"ipv6_only\""))
                  .resource.ip_stack,
              IpStack::ipv6_only);
    EXPECT_EQ(client_message<ResourceDeleted>(recorded("resource_deleted")).id, kCidrResource);
    EXPECT_EQ(refusal(Role::client, push("resource_deleted", R"({"id":"x"})")),
              "resource_deleted with a bad payload");
}

TEST(ClientMessages, ReadsFlowCreated) {
    const auto flow = client_message<FlowCreated>(recorded("flow_created"));
    EXPECT_EQ(flow.resource_id, kCidrResource);
    EXPECT_EQ(flow.gateway_id, kGateway);
    EXPECT_EQ(flow.site_id, uuid("2b7e1516-28ae-4d2a-a6ab-f7158809cf06"));
    EXPECT_EQ(flow.gateway_public_key.to_base64(), "3+Dh4uPk5ebn6Onq6+zt7u/w8fLz9PX29/j5+vv8/f4=");
    EXPECT_EQ(flow.gateway_addresses.v4, ip("100.64.10.2"));
    EXPECT_EQ(flow.client_ice, (IceCredentials{"umeh", "2ubttwe7aztqsxb22gsioc"}));
    EXPECT_EQ(flow.gateway_ice, (IceCredentials{"ae2f", "rlnacr4feuwuxg6qrv5qfq"}));
}

TEST(ClientMessages, ReadsFlowFailuresIncludingFutureReasons) {
    const std::string text = recorded("flow_creation_failed");
    EXPECT_EQ(client_message<FlowCreationFailed>(text).reason, FlowFailure::offline);
    EXPECT_EQ(client_message<FlowCreationFailed>(with(text, "offline", "version_mismatch")).reason,
              FlowFailure::unknown);
    const auto forbidden = client_message<FlowCreationFailed>(
        with(text, R"("offline")", R"("forbidden","violated_properties":["remote_ip",7])"));
    EXPECT_EQ(forbidden.reason, FlowFailure::forbidden);
    EXPECT_EQ(forbidden.violated_properties, (std::vector<std::string>{"remote_ip"}));
}

TEST(ClientMessages, CandidatesComeFromAGateway) {
    EXPECT_EQ(client_message<IceCandidates>(recorded("ice_candidates")).peer, kGateway);
    EXPECT_EQ(client_message<InvalidateIceCandidates>(recorded("invalidate_ice_candidates")).peer,
              kGateway);
    EXPECT_EQ(client_message<RelaysPresence>(recorded("relays_presence")).disconnected.size(), 1u);
    EXPECT_EQ(client_message<ConfigChanged>(recorded("config_changed")).interface.addresses.v4,
              ip("100.64.20.3"));
}

TEST(ClientMessages, OneRolesEventsAreUnknownToTheOther) {
    EXPECT_EQ(refusal(Role::client, frame("gateway_ingress", "authorize_flow")),
              "unknown event authorize_flow");
    EXPECT_EQ(refusal(Role::gateway, recorded("flow_created")), "unknown event flow_created");
}

TEST(ClientMessages, WritesEveryRecordedRequestByteForByte) {
    const auto candidate =
        "candidate:a1 1 udp 1694498559 203.0.113.9 40000 typ srflx raddr 0.0.0.0 rport 0";
    const std::vector<EgressMessage> messages{
        CreateFlow{kCidrResource, {}}, BroadcastIceCandidates{{kGateway}, {candidate}},
        BroadcastInvalidatedIceCandidates{{kGateway}, {candidate}}};
    const auto recorded_frames = frames("client_egress");
    ASSERT_EQ(recorded_frames.size(), messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i)
        EXPECT_EQ(with_ref(message_body(Role::client, messages[i]), i + 1), recorded_frames[i]);
}

}  // namespace
}  // namespace fz::portal
