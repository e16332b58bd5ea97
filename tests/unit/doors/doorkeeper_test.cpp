#include "doors/doorkeeper.h"

#include <poll.h>

#include "unit/doors/two_workers.h"

namespace fz::doors {
namespace {

using namespace fz::test;

/// The keeper's clock stands still but for what a test adds: only the kernel's news can make it
/// look earlier than in a second.
class DoorkeeperTest : public TwoWorkers {
  protected:
    void SetUp() override {
        TwoWorkers::SetUp();
        if (IsSkipped()) return;
        keeper_ = std::make_unique<Doorkeeper>(Wish::xdp, std::vector<std::string>{"left", "right"},
                                               std::vector<std::uint16_t>{52625}, *team,
                                               os::HostWatch::create().value());
        const auto opened = keeper_->open(now_);
        ASSERT_TRUE(opened) << opened.error().to_string();
        // The kernel finds some of what follows from a change in the background: carriers, say.
        while (has_news(200)) keeper_->handle_readable(now_);
        pass(1s);
        keeper_->handle_timeout(now_, {});
    }
    void TearDown() override {
        keeper_.reset();
        TwoWorkers::TearDown();
    }

    bool has_news(int within_ms) const {
        pollfd news{.fd = keeper_->fd(), .events = POLLIN, .revents = 0};
        return ::poll(&news, 1, within_ms) == 1;
    }
    void pass(Duration time) { now_ += time; }
    /// Hears of the change and returns when the keeper wants to look.
    Instant change(const std::string& command) {
        EXPECT_EQ(output_of(command), "");
        EXPECT_TRUE(has_news(1000)) << command;
        keeper_->handle_readable(now_);
        return keeper_->poll_timeout().value();
    }
    void look() { keeper_->handle_timeout(now_, {}); }
    std::string described(const Doorkeeper& keeper) const {
        std::string lines;
        for (const DoorReport& door : keeper.report(now_)) lines += door.to_string() + "\n";
        return lines;
    }

    Instant now_{1000s};
    std::unique_ptr<Doorkeeper> keeper_;
};

TEST_F(DoorkeeperTest, LooksOnceASecondWhereNothingIsAnnounced) {
    EXPECT_EQ(keeper_->poll_timeout(), now_ + 1s);
}

TEST_F(DoorkeeperTest, LooksAtOnceWhenTheHostChanges) {
    pass(300ms);
    EXPECT_EQ(change("ip link set left mtu 1400"), now_);
    look();
    EXPECT_FALSE(has_program("left"));
}

TEST_F(DoorkeeperTest, LooksAtABurstOfChangesNowAndThen) {
    pass(300ms);
    EXPECT_EQ(change("ip addr add 10.0.0.1/24 dev left"), now_);
    look();
    pass(1ms);
    EXPECT_EQ(change("ip addr add 10.0.0.2/24 dev left"), now_ + 19ms);
    pass(1ms);
    EXPECT_EQ(change("ip addr add 10.0.0.3/24 dev left"), now_ + 18ms);
}

TEST_F(DoorkeeperTest, OneInterfaceFallsBackAlone) {
    EXPECT_TRUE(has_program("left"));
    EXPECT_TRUE(has_program("right"));
    change("ip link set left down");
    look();
    EXPECT_FALSE(has_program("left"));
    EXPECT_TRUE(has_program("right"));
    pass(50ms);  // its rings have been emptied
    look();
    change("ip link set left up");
    pass(1s);  // a door that was closed rests
    look();
    // The carrier comes back in the background, which is news of its own.
    while (!has_program("left") && has_news(500)) {
        keeper_->handle_readable(now_);
        pass(1s);
        look();
    }
    EXPECT_TRUE(has_program("left"));
    EXPECT_TRUE(has_program("right"));
}

TEST_F(DoorkeeperTest, AWishForSocketsClosesEveryDoor) {
    keeper_->wish(Wish::socket, now_);
    EXPECT_FALSE(has_program("left"));
    EXPECT_FALSE(has_program("right"));
    EXPECT_TRUE(keeper_->as_wished(now_));
    EXPECT_EQ(described(*keeper_),
              "left: sockets: sockets are wished for\nright: sockets: sockets are wished for\n");
    EXPECT_TRUE(keeper_->poll_timeout());  // to empty the rings
    pass(50ms);
    look();
    EXPECT_FALSE(keeper_->poll_timeout());
}

TEST_F(DoorkeeperTest, ADoorThatRestsOpensInAMoment) {
    keeper_->wish(Wish::socket, now_);
    pass(50ms);
    look();
    keeper_->wish(Wish::xdp, now_);
    EXPECT_FALSE(has_program("left"));
    EXPECT_TRUE(keeper_->as_wished(now_));
    EXPECT_NE(described(*keeper_).find("left: sockets: XDP is tried again in a moment"),
              std::string::npos);
    pass(1s);
    look();
    EXPECT_TRUE(has_program("left"));
    EXPECT_EQ(described(*keeper_),
              "left: XDP, native, copy, receive queues: 4\n"
              "right: XDP, native, copy, receive queues: 4\n");
}

TEST_F(DoorkeeperTest, WhatCannotBeHadIsNotAsWished) {
    keeper_->wish(Wish::socket, now_);
    pass(2s);
    look();
    output_of("ip link set left-end mtu 9000; ip link set left mtu 9000");
    keeper_->wish(Wish::xdp, now_);
    EXPECT_FALSE(keeper_->as_wished(now_));
    EXPECT_NE(described(*keeper_).find("left: sockets: the MTU of left"), std::string::npos);
    EXPECT_NE(described(*keeper_).find("right: XDP"), std::string::npos);
}

TEST_F(DoorkeeperTest, WithoutARouteThereIsNoInterface) {
    Doorkeeper keeper(Wish::automatic, {}, {52625}, *team, os::HostWatch::create().value());
    ASSERT_TRUE(keeper.open(now_));
    keeper.wish(Wish::xdp, now_);
    EXPECT_FALSE(keeper.as_wished(now_));
    EXPECT_NE(described(keeper).find("there is no default route"), std::string::npos);
}

}  // namespace
}  // namespace fz::doors
