#include "portal/gateway_messages.h"

#include "unit/portal/support.h"

namespace fz::portal {
namespace {

using namespace test;

std::string recorded(const std::string& event) { return frame("gateway_ingress", event); }

std::string init_with_relays(std::string_view relays) {
    return with(recorded("init"), R"("relays":[])", "\"relays\":[" + std::string(relays) + "]");
}

constexpr std::string_view kTurnV4 =
    R"({"id":"6bc1bee2-2e40-4f96-a93d-7e117393172a","type":"turn","addr":"198.51.100.7:3478",)"
    R"("username":"1900000000:abc","password":"first","expires_at":1900000000})";
constexpr std::string_view kTurnV6 =
    R"({"id":"6bc1bee2-2e40-4f96-a93d-7e117393172a","type":"turn","addr":"[2001:db8::7]:3478",)"
    R"("username":"1900000001:abc","password":"second","expires_at":1900000001})";
constexpr std::string_view kOtherTurn =
    R"({"id":"0c6f3a1e-5b2d-4f80-9e47-8d1a2b3c4d06","type":"turn","addr":"192.0.2.1:3478",)"
    R"("username":"u","password":"p","expires_at":1})";
constexpr std::string_view kStun =
    R"({"id":"0c6f3a1e-5b2d-4f80-9e47-8d1a2b3c4d06","type":"stun","addr":"192.0.2.1:3478"})";

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const auto part : parts) all.append(all.empty() ? "" : ",").append(part);
    return all;
}

TEST(GatewayMessages, EveryRecordedOneIsUnderstood) {
    for (const std::string& text : frames("gateway_ingress"))
        EXPECT_EQ(refusal(Role::gateway, text), "") << text;
    EXPECT_EQ(frames("gateway_ingress").size(), 10u);
}

TEST(GatewayMessages, ReadsInit) {
    const Init init = gateway_message<Init>(recorded("init"));
    EXPECT_EQ(init.interface.addresses.v4, ip("100.64.10.2"));
    EXPECT_EQ(init.interface.addresses.v6, ip("fd00:2021:1111::2:a02"));
    EXPECT_EQ(init.account_slug, "acme");
    EXPECT_TRUE(init.relays.empty());
    ASSERT_EQ(init.authorizations.size(), 1u);
    EXPECT_EQ(init.authorizations[0].client_id, kClient);
    EXPECT_EQ(init.authorizations[0].resource_id, kCidrResource);
    EXPECT_EQ(init.authorizations[0].expires_at, at(1900000000));
}

TEST(GatewayMessages, InitNeedsNothingButTheInterface) {
    const Init init = gateway_message<Init>(push(
        "init",
        R"({"interface":{"ipv4":"100.64.10.2","ipv6":"fd00:2021:1111::2:a02"},"news":{"a":[1]}})"));
    EXPECT_EQ(init.account_slug, std::nullopt);
    EXPECT_TRUE(init.authorizations.empty());
    EXPECT_EQ(refusal(Role::gateway, push("init", "{}")), "init with a bad interface");
}

TEST(GatewayMessages, InitWithSwappedFamiliesIsRefused) {
    const auto text = push("init", R"({"interface":{"ipv4":"fd00::1","ipv6":"100.64.10.2"}})");
    EXPECT_EQ(refusal(Role::gateway, text), "init with a bad ipv4");
}

TEST(GatewayMessages, InitWhoseAuthorizationsAreNoListIsRefusedRatherThanRevokingAll) {
    for (const std::string_view wrong : {"null", "{}", "7"}) {
        const auto text = push("init", R"({"interface":{"ipv4":"100.64.10.2","ipv6":"fd00::1"},)"
                                       R"("authorizations":)" +
                                           std::string(wrong) + "}");
        EXPECT_EQ(refusal(Role::gateway, text), "init with a bad authorizations") << wrong;
    }
}

TEST(GatewayMessages, ReadsAuthorizeFlow) {
    const auto flow = gateway_message<AuthorizeFlow>(recorded("authorize_flow"));
    EXPECT_EQ(flow.ref, "R1");
    EXPECT_EQ(flow.resource.id, kCidrResource);
    EXPECT_EQ(flow.resource.name, "Lab");
    EXPECT_EQ(std::get<policy::CidrTarget>(flow.resource.target).network.to_string(),
              "10.20.0.0/16");
    EXPECT_TRUE(flow.resource.filters.empty());
    EXPECT_EQ(flow.client.id, kClient);
    EXPECT_EQ(flow.client.public_key.to_base64(), "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=");
    EXPECT_EQ(flow.client.preshared_key,
              crypto::Secret::from_base64("6T60/AzWCkXRYsb6R9Xm0xHpt5MTpDrcK6ANBoq7nts=").value());
    EXPECT_EQ(flow.client.addresses.v4, ip("100.64.20.3"));
    EXPECT_EQ(flow.client.addresses.v6, ip("fd00:2021:1111::3:1403"));
    EXPECT_EQ(flow.client_ice, (IceCredentials{"umeh", "2ubttwe7aztqsxb22gsioc"}));
    EXPECT_EQ(flow.gateway_ice, (IceCredentials{"ae2f", "rlnacr4feuwuxg6qrv5qfq"}));
    EXPECT_EQ(flow.expires_at, at(1900000000));
}

TEST(GatewayMessages, ExpiryMustBePresentAndNullMeansNever) {
    const std::string text = recorded("authorize_flow");
    const std::string key = R"("expires_at":1900000000)";
    EXPECT_EQ(gateway_message<AuthorizeFlow>(with(text, key, R"("expires_at":null)")).expires_at,
              std::nullopt);
    EXPECT_EQ(refusal(Role::gateway, with(text, key, R"("x":1)")),
              "authorize_flow with a bad expires_at");
    for (const std::string_view wrong : {"1.5", "\"1900000000\"", "true", "[]"})
        EXPECT_EQ(refusal(Role::gateway, with(text, "1900000000", wrong)),
                  "authorize_flow with a bad expires_at")
            << wrong;
}

TEST(GatewayMessages, ExpiryBeyondTheClockIsClampedNotOverflown) {
    const std::string text = recorded("authorize_flow");
    for (const std::string_view far : {"9223372036854775807", "18446744073709551615"}) {
        const auto expiry =
            gateway_message<AuthorizeFlow>(with(text, "1900000000", far)).expires_at.value();
        EXPECT_LE(UnixTime(expiry), UnixTime::max());
        EXPECT_GT(expiry, at(9'000'000'000));
    }
    EXPECT_EQ(gateway_message<AuthorizeFlow>(with(text, "1900000000", "-5")).expires_at, at(0));
}

TEST(GatewayMessages, BadKeysAndAddressesRefuseTheMessage) {
    const std::string text = recorded("authorize_flow");
    const auto why = [&](std::string_view from, std::string_view to) {
        return refusal(Role::gateway, with(text, from, to));
    };
    EXPECT_EQ(why("10.20.0.0/16", "10.20.0.1/16"), "authorize_flow with a bad address");
    EXPECT_EQ(why("10.20.0.0/16", "10.20.0.0"), "authorize_flow with a bad address");
    EXPECT_EQ(why("AQIDBAUG", "AQIDBAU"), "authorize_flow with a bad public_key");
    EXPECT_EQ(why("6T60/AzW", "!"), "authorize_flow with a bad preshared_key");
    EXPECT_EQ(why("100.64.20.3", "100.64.20"), "authorize_flow with a bad ipv4");
    EXPECT_EQ(why(R"("type":"cidr")", R"("type":"teapot")"), "authorize_flow with a bad type");
    EXPECT_EQ(why(R"("ref":"R1")", R"("ref":7)"), "authorize_flow with a bad ref");
    EXPECT_EQ(why(R"(,"filters":[])", ""), "authorize_flow with a bad filters");
}

TEST(GatewayMessages, ReadsFiltersWithTheirDefaults) {
    const auto resource =
        gateway_message<ResourceUpdated>(
            push("resource_updated",
                 R"({"id":"0d9e2f6c-4b11-4c8a-8d6f-2f7b1a3c5e03","type":"dns",)"
                 R"("address":"*.corp.example","name":"Intranet","filters":[)"
                 R"({"protocol":"tcp","port_range_start":443,"port_range_end":443},)"
                 R"({"protocol":"udp"},{"protocol":"icmp"}]})"))
            .resource;
    EXPECT_EQ(resource.id, kDnsResource);
    EXPECT_EQ(std::get<policy::DnsTarget>(resource.target).pattern, "*.corp.example");
    using policy::FilterProtocol;
    EXPECT_EQ(resource.filters, (std::vector<policy::Filter>{{FilterProtocol::tcp, 443, 443},
                                                             {FilterProtocol::udp, 0, 65535},
                                                             {FilterProtocol::icmp, 0, 65535}}));
}

TEST(GatewayMessages, ReadsTheInternetResource) {
    const auto resource =
        gateway_message<ResourceUpdated>(
            push("resource_updated",
                 R"({"id":"e4f1c2d3-9a78-4b56-8c34-7f6e5d4c3b05","type":"internet"})"))
            .resource;
    EXPECT_TRUE(std::holds_alternative<policy::InternetTarget>(resource.target));
    EXPECT_TRUE(resource.filters.empty());
}

TEST(GatewayMessages, AFilterWithoutPortsNeverWidensAccess) {
    const std::string text = recorded("resource_updated");
    const std::string all = R"([{"protocol":"icmp"},{"protocol":"tcp"}])";
    const std::string inverted = R"({"protocol":"tcp","port_range_start":9,"port_range_end":8})";
    const auto some = gateway_message<ResourceUpdated>(
        with(text, all, "[" + inverted + R"(,{"protocol":"icmp"}])"));
    EXPECT_EQ(some.resource.filters,
              (std::vector<policy::Filter>{{policy::FilterProtocol::icmp, 0, 65535}}));
    EXPECT_EQ(refusal(Role::gateway, with(text, all, "[" + inverted + "]")),
              "resource_updated with a bad filters");
}

TEST(GatewayMessages, UnknownOrIllTypedFiltersRefuseTheMessage) {
    const std::string text = recorded("resource_updated");
    for (const std::string_view wrong :
         {R"({"protocol":"sctp"})", R"({"protocol":"tcp","port_range_start":65536})",
          R"({"protocol":"tcp","port_range_start":-1})",
          R"({"protocol":"udp","port_range_end":"9"})", R"({})", "7", "null"})
        EXPECT_EQ(refusal(Role::gateway, with(text, R"({"protocol":"icmp"})", wrong)),
                  "resource_updated with a bad filters")
            << wrong;
}

TEST(GatewayMessages, MergesTheTwoEntriesOfADualStackRelay) {
    const auto relays =
        gateway_message<Init>(init_with_relays(joined({kTurnV4, kTurnV6, kOtherTurn}))).relays;
    ASSERT_EQ(relays.size(), 2u);
    EXPECT_EQ(relays[0].id, uuid("6bc1bee2-2e40-4f96-a93d-7e117393172a"));
    EXPECT_EQ(relays[0].addr.v4, addr("198.51.100.7:3478"));
    EXPECT_EQ(relays[0].addr.v6, addr("[2001:db8::7]:3478"));
    EXPECT_EQ(relays[0].username, "1900000001:abc");
    EXPECT_EQ(relays[0].password, "second");
    EXPECT_EQ(relays[0].expires_at, at(1900000001));
    EXPECT_EQ(relays[1].addr.v6, std::nullopt);
}

TEST(GatewayMessages, OnlyConsecutiveRelayEntriesAreOneRelay) {
    EXPECT_EQ(gateway_message<Init>(init_with_relays(joined({kTurnV4, kOtherTurn, kTurnV6})))
                  .relays.size(),
              3u);
}

TEST(GatewayMessages, ASecondAddressOfOneFamilyIsIgnored) {
    const std::string again =
        with(with(std::string(kTurnV4), "198.51.100.7", "198.51.100.8"), "first", "third");
    const auto relays = gateway_message<Init>(init_with_relays(joined({kTurnV4, again}))).relays;
    ASSERT_EQ(relays.size(), 1u);
    EXPECT_EQ(relays[0].addr.v4, addr("198.51.100.7:3478"));
    EXPECT_EQ(relays[0].password, "first");
}

TEST(GatewayMessages, StunEntriesAndWrongRelaysAreSkippedOneByOne) {
    const std::string wrong_type = with(std::string(kOtherTurn), "\"turn\"", "\"smoke signals\"");
    const std::string no_port = with(std::string(kOtherTurn), ":3478", "");
    const auto relays = gateway_message<Init>(
        init_with_relays(joined({kStun, wrong_type, "7", "null", no_port, kTurnV4})));
    ASSERT_EQ(relays.relays.size(), 1u);
    EXPECT_EQ(relays.relays[0].addr.v4, addr("198.51.100.7:3478"));
}

TEST(GatewayMessages, ReadsRejectAccessAndExpiry) {
    const auto reject = gateway_message<RejectAccess>(recorded("reject_access"));
    EXPECT_EQ(reject.client_id, kClient);
    EXPECT_EQ(reject.resource_id, kCidrResource);
    const std::string text = recorded("access_authorization_expiry_updated");
    EXPECT_EQ(gateway_message<AccessExpiryUpdated>(text).expires_at, at(1900003600));
    EXPECT_EQ(refusal(Role::gateway, with(text, "1900003600", "null")),
              "access_authorization_expiry_updated with a bad expires_at");
}

TEST(GatewayMessages, SkipsCandidatesThatAreNotStrings) {
    const auto message = gateway_message<IceCandidates>(
        with(recorded("ice_candidates"), R"("candidates":[)", R"("candidates":[7,null,["x"],)"));
    EXPECT_EQ(message.peer, kClient);
    EXPECT_EQ(message.candidates,
              (std::vector<Candidate>{"candidate:a1 1 udp 1694498559 203.0.113.9 40000 typ srflx "
                                      "raddr 0.0.0.0 rport 0"}));
    EXPECT_EQ(gateway_message<InvalidateIceCandidates>(recorded("invalidate_ice_candidates"))
                  .candidates.size(),
              1u);
}

TEST(GatewayMessages, ReadsRelaysPresence) {
    const auto presence =
        gateway_message<RelaysPresence>(with(recorded("relays_presence"), R"("connected":[])",
                                             R"("connected":[)" + std::string(kTurnV4) + "]"));
    EXPECT_EQ(presence.disconnected,
              (std::vector<RelayId>{uuid("0c6f3a1e-5b2d-4f80-9e47-8d1a2b3c4d06")}));
    ASSERT_EQ(presence.connected.size(), 1u);
    EXPECT_EQ(refusal(Role::gateway, push("relays_presence", R"({"disconnected_ids":[]})")),
              "relays_presence with a bad connected");
}

TEST(GatewayMessages, ReadsTheDeprecatedPair) {
    const auto request = gateway_message<RequestConnection>(recorded("request_connection"));
    EXPECT_EQ(request.ref, "R3");
    EXPECT_EQ(request.client.id, kClient);
    EXPECT_EQ(request.client.addresses.v4, ip("100.64.20.3"));
    EXPECT_EQ(request.client_ice, (IceCredentials{"u0", "p0"}));
    EXPECT_FALSE(request.domain);
    EXPECT_EQ(request.expires_at, at(1900000000));

    const auto allow = gateway_message<AllowAccess>(recorded("allow_access"));
    EXPECT_EQ(allow.ref, "R2");
    EXPECT_EQ(allow.client_addresses.v6, ip("fd00:2021:1111::3:1403"));
    EXPECT_EQ(allow.expires_at, std::nullopt);
    ASSERT_TRUE(allow.domain);
    EXPECT_EQ(allow.domain->name, "git.corp.example");
    EXPECT_EQ(allow.domain->proxy_ips,
              (std::vector<wire::IpAddr>{ip("100.96.0.1"), ip("fd00:2021:1111:8000::")}));
}

TEST(GatewayMessages, WritesEveryRecordedAnswerByteForByte) {
    const auto host =
        "candidate:fffeff7e1a2b3c4d5e6f7081 1 udp 2130706175 192.0.2.10 52625 typ host ufrag ae2f";
    const auto relay =
        "candidate:fffeff02c3d4e5f60718293a 1 udp 50331391 198.51.100.7 50001 typ relay raddr "
        "0.0.0.0 rport 0";
    const std::vector<EgressMessage> messages{
        FlowAuthorized{"R1"}, BroadcastIceCandidates{{kClient}, {host}},
        BroadcastInvalidatedIceCandidates{{kClient}, {relay}},
        ConnectionReady{"R3", {"Q3bX0aZk9LmNpRsT", "f8KdJw2Qm5Vb7Xc1Zr4Tn6"}}};
    const auto recorded_frames = frames("gateway_egress");
    ASSERT_EQ(recorded_frames.size(), messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i)
        EXPECT_EQ(with_ref(message_body(Role::gateway, messages[i]), i + 1), recorded_frames[i]);
}

TEST(GatewayMessages, EscapesWhatItEchoes) {
    const std::string ref("a\"\\\n\0z", 6);
    EXPECT_EQ(with_ref(message_body(Role::gateway, FlowAuthorized{ref}), 1),
              R"({"topic":"gateway","event":"flow_authorized","payload":{"ref":"a\"\\\n\u0000z"},)"
              R"("ref":1})");
}

}  // namespace
}  // namespace fz::portal
