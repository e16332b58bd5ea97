#include "portal/frame.h"

#include "unit/portal/support.h"

namespace fz::portal {
namespace {

using namespace test;

FrameError::Kind kind_of(std::string_view text) {
    const auto frame = read_frame(Role::gateway, text);
    EXPECT_FALSE(frame) << text;
    return frame ? FrameError::Kind::malformed : frame.error().kind;
}

TEST(Frame, ReadsReplies) {
    const auto reply = [](std::string_view text) {
        return std::get<Reply>(read_frame(Role::gateway, text).value());
    };
    const auto ok = reply(
        R"({"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":7,"topic":"phoenix"})");
    EXPECT_EQ(ok.ref, 7u);
    EXPECT_EQ(ok.status, Reply::Status::ok);
    EXPECT_EQ(ok.topic, "phoenix");
    for (const std::string_view response : {"null", R"({"a":1})", "[]"}) {
        const auto text = R"({"event":"phx_reply","topic":"gateway","ref":0,"payload":)"
                          R"({"status":"ok","response":)" +
                          std::string(response) + "}}";
        EXPECT_EQ(reply(text).status, Reply::Status::ok_with_response) << response;
    }
    const auto error =
        reply(R"({"event":"phx_reply","topic":"gateway","ref":18446744073709551615,)"
              R"("payload":{"status":"error","response":{"reason":"unmatched topic"}}})");
    EXPECT_EQ(error.ref, UINT64_MAX);
    EXPECT_EQ(error.status, Reply::Status::error);
    EXPECT_EQ(error.reason, "unmatched topic");
}

TEST(Frame, ReasonsFromOutsideAreFitForALogLine) {
    const auto text = R"({"event":"disconnect","topic":"phx","payload":{"reason":"a\nb\u0007)" +
                      std::string(500, 'x') + R"("}})";
    const auto reason = std::get<Disconnect>(read_frame(Role::gateway, text).value()).reason;
    EXPECT_EQ(reason, "a?b?" + std::string(96, 'x'));
}

TEST(Frame, UnknownEventsAndIllShapedFramesAreMalformed) {
    using Kind = FrameError::Kind;
    for (const std::string_view text :
         {"",
          "7",
          "null",
          "[]",
          "{}",
          "nonsense",
          "{'topic':1}",
          R"({"topic":"gateway"})",
          R"({"topic":7,"event":"init","payload":{}})",
          R"({"topic":"gateway","event":"init","payload":{},"ref":"1"})",
          R"({"topic":"gateway","event":"init","payload":{},"ref":-1})",
          R"({"topic":"gateway","event":"init","payload":[]})",
          R"({"topic":"gateway","event":"init"})",
          R"({"topic":"gateway","event":"tea_time","payload":{}})",
          R"({"topic":"gateway","event":"phx_reply","payload":{"status":"ok","response":{}}})",
          R"({"topic":"gateway","event":"phx_reply","payload":7,"ref":1})",
          R"({"topic":"gateway","event":"phx_reply","payload":{"status":"error"},"ref":1})",
          R"({"topic":"gateway","event":"phx_error","payload":{"a":1}})",
          R"({"topic":"gateway","event":"phx_close","payload":null})",
          "{\"topic\":\"gateway\",\"event\":\"\xff\",\"payload\":{}}",
          R"({"topic":"gateway","event":"init","payload":1e999999})",
          "{} {}"})
        EXPECT_EQ(kind_of(text), Kind::malformed) << text;
}

TEST(Frame, EveryProperPrefixOfAFrameIsCutShort) {
    const std::string text = frame("gateway_ingress", "authorize_flow");
    for (std::size_t size = 1; size < text.size(); ++size)
        EXPECT_EQ(kind_of(std::string_view(text).substr(0, size)), FrameError::Kind::cut_short)
            << size;
}

TEST(Frame, DepthIsBoundedAndUnknownKeysMayUseIt) {
    const auto nested = [](unsigned depth) {
        return R"({"topic":"gateway","event":"reject_access","payload":{"client_id":)"
               R"("7c1f0b52-3d0e-4b6e-9a35-1f2f0a6d9e01","resource_id":)"
               R"("a3b8d7f0-6c25-4e19-9f42-5d0c8e7b6a04","x":)" +
               std::string(depth, '[') + std::string(depth, ']') + "}}";
    };
    EXPECT_EQ(refusal(Role::gateway, nested(kMaxFrameDepth - 2)), "");
    EXPECT_EQ(refusal(Role::gateway, nested(kMaxFrameDepth - 1)), "too deep or too many values");
    EXPECT_EQ(refusal(Role::gateway, std::string(1'000'000, '[')), "too deep or too many values");
}

TEST(Frame, SizeIsBounded) {
    EXPECT_EQ(refusal(Role::gateway, std::string(kMaxFrameBytes + 1, ' ')), "too long");
    std::string many = "[";
    for (std::size_t i = 0; i < kMaxFrameValues; ++i) many += "0,";
    EXPECT_EQ(refusal(Role::gateway, many + "0]"), "too deep or too many values");
    const std::string long_name(1'000'000, 'x');
    const auto resource =
        gateway_message<ResourceUpdated>(
            with(frame("gateway_ingress", "resource_updated"), "\"Lab\"", "\"" + long_name + "\""))
            .resource;
    EXPECT_EQ(resource.name, long_name);
}

TEST(Frame, OfDuplicateKeysTheFirstCounts) {
    const auto text = with(frame("gateway_ingress", "authorize_flow"), R"("expires_at":1900000000)",
                           R"("expires_at":5,"expires_at":null)");
    EXPECT_EQ(gateway_message<AuthorizeFlow>(text).expires_at, at(5));
}

TEST(Frame, BodiesAreCompletedByTheirRef) {
    EXPECT_EQ(with_ref(join_body(Role::gateway), 0),
              R"({"topic":"gateway","event":"phx_join","payload":null,"ref":0})");
    EXPECT_EQ(with_ref(join_body(Role::client), 5),
              R"({"topic":"client","event":"phx_join","payload":null,"ref":5})");
    EXPECT_EQ(with_ref(heartbeat_body(), 7),
              R"({"topic":"phoenix","event":"heartbeat","payload":{},"ref":7})");
}

}  // namespace
}  // namespace fz::portal
