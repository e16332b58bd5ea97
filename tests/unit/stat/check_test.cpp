#include "stat/check.h"

#include "stat/request.h"
#include "unit/telemetry/snapshots.h"

namespace fz::stat {
namespace {

using namespace fz::test;

Health check_with(const telemetry::Snapshot& after, const Thresholds& thresholds = {}) {
    return check(after, rates_between(idle_gateway(), after), thresholds);
}

telemetry::Snapshot without_losses() {
    auto snapshot = busy_gateway();
    snapshot.workers[0].packets.to_resource.drops.fill(0);
    return snapshot;
}

TEST(CheckTest, AGatewayThatKeepsUpIsGood) {
    const Health health = check_with(without_losses());
    EXPECT_EQ(health.status, 0);
    EXPECT_EQ(health.line,
              "OK - the gateway keeps up | busy=0.5;0.8;0.95 loss=0;0.001;0.01 up_bps=800000 "
              "down_bps=200000 drops_ps=0 peers=15");
}

TEST(CheckTest, ThresholdsAreInclusive) {
    const auto status = [](double warn, double crit) {
        return check_with(without_losses(), {.warn_busy = warn, .crit_busy = crit}).status;
    };
    EXPECT_EQ(status(0.51, 0.6), 0);
    EXPECT_EQ(status(0.50, 0.6), 1);
    EXPECT_EQ(status(0.40, 0.5), 2);
}

TEST(CheckTest, OnlyLossesForWantOfSpeedCount) {
    // 3 of 153 packets per second.
    EXPECT_EQ(check_with(busy_gateway()).status, 2);
    EXPECT_EQ(check_with(busy_gateway(), {.crit_loss = 0.02}).status, 1);
    auto forged = without_losses();
    forged.workers[0]
        .packets.to_resource.drops[static_cast<std::size_t>(dataplane::Drop::bad_tag)] = 1'000'000;
    EXPECT_EQ(check_with(forged).status, 0);
}

TEST(CheckTest, ThePortalMayBeAwayForAWhile) {
    auto snapshot = without_losses();
    snapshot.facts.portal = telemetry::PortalState::connecting;
    snapshot.facts.portal_since_ns = 1'043'000'000'000;  // 59 s ago
    EXPECT_EQ(check_with(snapshot).status, 0);
    snapshot.facts.portal_since_ns = 1'042'000'000'000;
    const Health health = check_with(snapshot);
    EXPECT_EQ(health.status, 2);
    EXPECT_NE(health.line.find("not connected to the portal for 1 min"), std::string::npos);
}

TEST(CheckTest, AControlThreadThatIsSilentIsCritical) {
    auto snapshot = without_losses();
    snapshot.facts.updated_at_ns = 1'092'000'000'000;
    EXPECT_EQ(check_with(snapshot).status, 2);
}

std::string complaint(std::vector<std::string_view> arguments) {
    const auto request = parse(arguments);
    return request ? "" : request.error();
}

TEST(RequestTest, OptionsAndCommandsGoInAnyOrder) {
    const std::vector<std::string_view> arguments{"-w", "0.5", "drops", "--all", "-n", "3"};
    const auto request = parse(arguments);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->screen, Screen::drops);
    EXPECT_EQ(request->every, 500ms);
    EXPECT_EQ(request->count, 3U);
    EXPECT_TRUE(request->all_drops);
    const std::vector<std::string_view> check{"check", "--warn-loss", "5"};
    EXPECT_DOUBLE_EQ(parse(check)->thresholds.warn_loss, 0.05);
    const std::vector<std::string_view> watch{"-w", "xdp"};
    EXPECT_EQ(parse(watch)->every, 1s);
    EXPECT_EQ(parse(watch)->screen, Screen::xdp);
}

TEST(RequestTest, WhatIsWrongIsNamed) {
    EXPECT_EQ(complaint({"nonsense"}), "there is no command nonsense");
    EXPECT_EQ(complaint({"--nonsense"}), "there is no option --nonsense");
    EXPECT_EQ(complaint({"drops", "x"}), "drops takes no arguments");
    EXPECT_EQ(complaint({"diff", "x"}), "diff takes two files");
    EXPECT_EQ(complaint({"-n"}), "-n takes a number");
    EXPECT_EQ(complaint({"--warn-busy", "101"}), "--warn-busy takes a number");
    EXPECT_EQ(complaint({"-w", "0"}), "-w takes a number of seconds from 0.1 to 86400");
    EXPECT_EQ(complaint({"-w", "check"}), "-w goes with screens");
    EXPECT_EQ(complaint({"--ndjson"}), "--ndjson goes with -w");
    EXPECT_EQ(complaint({"peers", "-w", "--ndjson"}),
              "peers are shown as a table, or with --json alone");
}

}  // namespace
}  // namespace fz::stat
