#include "tunnel/stun_routes.h"

#include <gtest/gtest.h>

#include "stun/builder.h"

namespace fz::tunnel {
namespace {

constexpr Instant kStart{1000s};
using Slots = std::vector<StunRoutes::Slot>;

stun::TransactionId id_of(int number) {
    stun::TransactionId id{};
    id.bytes[11] = static_cast<std::byte>(number);
    return id;
}

class StunRoutesTest : public ::testing::Test {
  protected:
    Slots request(std::string_view username) {
        stun::Builder builder(out_, stun::Class::request, stun::Method::binding, id_of(0));
        if (!username.empty()) builder.username(username);
        return routes.candidates(stun::Message::parse(out_.view()).value());
    }
    Slots answer(int number, stun::Class cls = stun::Class::success) {
        stun::Builder builder(out_, cls, stun::Method::binding, id_of(number));
        return routes.candidates(stun::Message::parse(out_.view()).value());
    }

    StunRoutes routes;

  private:
    wire::DatagramBytes out_;
};

TEST_F(StunRoutesTest, ARequestGoesToTheConnectionItNames) {
    routes.add("gggg:cccc", 1);
    routes.add("gggg:dddd", 2);
    EXPECT_EQ(request("gggg:cccc"), Slots{1});
    EXPECT_EQ(request("gggg:dddd"), Slots{2});
    EXPECT_EQ(request("cccc:gggg"), Slots{});
    EXPECT_EQ(request(""), Slots{});
}

TEST_F(StunRoutesTest, ConnectionsThatShareANameAreAllCandidates) {
    routes.add("gggg:cccc", 1);
    routes.add("gggg:cccc", 2);
    EXPECT_EQ(request("gggg:cccc"), (Slots{1, 2}));
    routes.remove("gggg:cccc", 1);
    EXPECT_EQ(request("gggg:cccc"), Slots{2});
    routes.remove("gggg:cccc", 2);
    routes.remove("gggg:cccc", 2);
    EXPECT_EQ(request("gggg:cccc"), Slots{});
}

TEST_F(StunRoutesTest, AnAnswerGoesToWhoAsked) {
    routes.sent(id_of(7), 1, kStart);
    EXPECT_EQ(answer(7), Slots{1});
    EXPECT_EQ(answer(7, stun::Class::error), Slots{1});
    EXPECT_EQ(answer(8), Slots{});
}

TEST_F(StunRoutesTest, AQuestionIsForgottenAfterThirtySeconds) {
    routes.sent(id_of(1), 1, kStart);
    routes.sent(id_of(2), 1, kStart + 1s);
    routes.expire(kStart + 30s - 1ns);
    EXPECT_EQ(answer(1), Slots{1});
    routes.expire(kStart + 30s);
    EXPECT_EQ(answer(1), Slots{});
    EXPECT_EQ(answer(2), Slots{1});
}

}  // namespace
}  // namespace fz::tunnel
