#include "slowpath/resolver.h"

#include <gtest/gtest.h>

#include "os/clock.h"

namespace fz::slowpath {
namespace {

class ResolverTest : public ::testing::Test {
  protected:
    void SetUp() override {
        auto made = EventLoop::create();
        if (!made) GTEST_SKIP() << made.error().to_string();
        loop_.emplace(std::move(made).value());
    }

    std::optional<ResolverAnswer> next_answer(Resolver& resolver) {
        const Instant deadline = os::read_clocks().instant + 20s;
        while (!loop_->is_ready(resolver.source()) && os::read_clocks().instant < deadline)
            loop_->wait(deadline);
        return resolver.poll_answer();
    }

    std::optional<EventLoop> loop_;
};

TEST_F(ResolverTest, NamesOfTheHostsFileHaveAddresses) {
    Resolver resolver(*loop_);
    resolver.lookup("localhost");
    const auto answer = next_answer(resolver);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->host, "localhost");
    ASSERT_TRUE(answer->addresses) << answer->addresses.error().to_string();
    for (const wire::IpAddr& ip : *answer->addresses) EXPECT_TRUE(ip.is_loopback());
    EXPECT_FALSE(resolver.poll_answer());
    EXPECT_FALSE(loop_->is_ready(resolver.source()));
}

TEST_F(ResolverTest, LiteralsAnswerThemselves) {
    Resolver resolver(*loop_);
    resolver.lookup("[2001:db8::1]");
    resolver.lookup("192.0.2.1");
    const auto first = resolver.poll_answer();
    const auto second = resolver.poll_answer();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->addresses->front(), *wire::IpAddr::parse("2001:db8::1"));
    EXPECT_EQ(second->addresses->front(), wire::IpAddr::v4(192, 0, 2, 1));
}

TEST_F(ResolverTest, AnUnknownNameIsASentence) {
    Resolver resolver(*loop_);
    resolver.lookup("no-such-host.invalid");  // RFC 6761 6.4
    const auto answer = next_answer(resolver);
    ASSERT_TRUE(answer);
    ASSERT_FALSE(answer->addresses);
    EXPECT_EQ(answer->addresses.error().what.rfind("cannot resolve no-such-host.invalid: ", 0), 0U);
}

TEST_F(ResolverTest, MayGoWhileALookupIsUnderWay) {
    { Resolver(*loop_).lookup("localhost"); }
    for (int i = 0; i < 5; ++i) loop_->wait(os::read_clocks().instant + 10ms);
}

}  // namespace
}  // namespace fz::slowpath
