#include "noise/gatekeeper.h"

#include <gtest/gtest.h>

#include <vector>

#include "pair.h"

namespace fz::noise {
namespace {

using test::Side;

class GatekeeperTest : public ::testing::Test {
  protected:
    [[nodiscard]] wire::DatagramBytes initiation() {
        wire::DatagramBytes datagram;
        datagram.resize(Initiation::kSize);
        Initiation{.sender = 0x4201}.write(datagram.view());
        jar_.stamp(datagram.view(), now_.instant);
        return datagram;
    }
    [[nodiscard]] Verdict admit(const wire::DatagramBytes& datagram) {
        return gatekeeper_.admit(datagram.view(), source_, now_);
    }
    void spend_the_budget() {
        for (int i = 0; i < 100; ++i)
            EXPECT_TRUE(std::holds_alternative<Admit>(admit(initiation()))) << i;
    }
    /// Takes the cookie that the gatekeeper offers to `source_`.
    void take_cookie() {
        const auto verdict = admit(initiation());
        const auto* reply = std::get_if<Reply>(&verdict);
        ASSERT_NE(reply, nullptr);
        EXPECT_EQ(receiver_of(reply->cookie_reply.view()), 0x4201u);
        const auto parsed = CookieReply::parse(reply->cookie_reply.view());
        ASSERT_TRUE(parsed);
        EXPECT_TRUE(jar_.keep(*parsed, now_.instant));
    }

    crypto::Random random_{test::seed(9)};
    crypto::PublicKey ours_ = Side::keys_of(2).public_key;
    Gatekeeper gatekeeper_{ours_, random_};
    CookieJar jar_{ours_};
    wire::SocketAddr source_{wire::IpAddr::v4(192, 0, 2, 1), 52625};
    Now now_{test::kStart, test::kStartUnix};
};

TEST_F(GatekeeperTest, AdmitsWhoKnowsOurKey) {
    EXPECT_TRUE(std::holds_alternative<Admit>(admit(initiation())));
}

TEST_F(GatekeeperTest, DropsWrongMac1WithoutCountingIt) {
    CookieJar stranger(Side::keys_of(3).public_key);
    auto wrong = initiation();
    stranger.stamp(wrong.view(), now_.instant);
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(std::holds_alternative<Drop>(admit(wrong)));
    EXPECT_TRUE(std::holds_alternative<Admit>(admit(initiation())));
}

TEST_F(GatekeeperTest, DropsWhatIsNoHandshakeMessage) {
    for (const std::size_t size : {0u, 3u, 32u, 64u, 148u}) {
        const std::vector<std::byte> bytes(size);
        EXPECT_TRUE(std::holds_alternative<Drop>(gatekeeper_.admit(bytes, source_, now_))) << size;
    }
}

TEST_F(GatekeeperTest, AsksForACookieBeyondAHundredMessagesASecond) {
    spend_the_budget();
    EXPECT_TRUE(std::holds_alternative<Reply>(admit(initiation())));
    now_.instant += 999ms;
    EXPECT_TRUE(std::holds_alternative<Reply>(admit(initiation())));
    now_.instant += 1ms;  // a new second, though nobody ticked
    EXPECT_TRUE(std::holds_alternative<Admit>(admit(initiation())));
}

TEST_F(GatekeeperTest, AdmitsACookieUnderLoadFromItsAddressOnly) {
    spend_the_budget();
    take_cookie();
    EXPECT_TRUE(std::holds_alternative<Admit>(admit(initiation())));
    ++source_.port;
    EXPECT_TRUE(std::holds_alternative<Reply>(admit(initiation())));
    --source_.port;
    source_.ip = wire::IpAddr::v4(192, 0, 2, 2);
    EXPECT_TRUE(std::holds_alternative<Reply>(admit(initiation())));
}

TEST_F(GatekeeperTest, ForgetsItsCookiesAfterTwoMinutes) {
    spend_the_budget();
    take_cookie();
    const auto stamped = initiation();
    now_.instant += 120s;
    spend_the_budget();
    EXPECT_TRUE(std::holds_alternative<Reply>(admit(stamped)));
}

TEST_F(GatekeeperTest, ASenderStopsUsingACookieAfterTwoMinutes) {
    const Mac none{};
    const auto mac2 = [&] { return crypto::to_hex(initiation().view().last(sizeof(Mac))); };
    EXPECT_EQ(mac2(), crypto::to_hex(none));
    spend_the_budget();
    take_cookie();
    now_.instant += 120s - 1ns;
    EXPECT_NE(mac2(), crypto::to_hex(none));
    now_.instant += 1ns;
    EXPECT_EQ(mac2(), crypto::to_hex(none));
}

TEST_F(GatekeeperTest, ACookieReplyCountsOnceAndForTheLastMessageOnly) {
    spend_the_budget();
    const auto first = std::get<Reply>(admit(initiation()));
    const auto parsed = CookieReply::parse(first.cookie_reply.view()).value();
    auto other = Initiation{.sender = 0x4202};
    wire::DatagramBytes datagram;
    datagram.resize(Initiation::kSize);
    other.write(datagram.view());
    jar_.stamp(datagram.view(), now_.instant);
    EXPECT_FALSE(jar_.keep(parsed, now_.instant));
    static_cast<void>(initiation());
    EXPECT_TRUE(jar_.keep(parsed, now_.instant));
    EXPECT_FALSE(jar_.keep(parsed, now_.instant));
}

}  // namespace
}  // namespace fz::noise
