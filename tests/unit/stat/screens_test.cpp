// What an operator reads, at the widths of real terminals.
#include <algorithm>

#include "stat/details.h"
#include "stat/overview.h"
#include "stat/table.h"
#include "stat/terminal.h"
#include "stat/trend.h"
#include "unit/telemetry/snapshots.h"

namespace fz::stat {
namespace {

using namespace fz::test;

std::string joined(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

Lines overview(std::size_t width, Order order = Order::queue) {
    const auto before = idle_gateway(2), after = busy_gateway(2);
    Lines lines = header(after, width);
    const Lines rows = queues(after, rates_between(before, after), width, order);
    lines.insert(lines.end(), rows.begin(), rows.end());
    return lines;
}

TEST(ScreensTest, TheOverview) {
    EXPECT_EQ(
        joined(overview(160)),
        "gateway   version 1.2.3, up 1 min 42 s, process 4711\n"
        "portal    joined for 1 min 41 s\n"
        "relays    1 of 2 usable\n"
        "peers     12 direct, 3 relayed, 0 connecting\n"
        "eth0      XDP, native, copy, receive queues: 2\n"
        "queue  cpu  path  up pkt/s  bit/s  down pkt/s  bit/s  batch  cyc/pkt  fill  drops/s  "
        "mostly     wakes/s  busy\n"
        "0        0  XDP        100  800 k          50  200 k   20.2   9.74 M  50 %        4  "
        "ring_full       20  50 %\n"
        "1        1  idle         0      0           0      0      0        0     -        0  "
        "-                0   0 %\n"
        "all         XDP        100  800 k          50  200 k   20.2   9.74 M  50 %        4  "
        "ring_full       20  50 %\n"
        "\n"
        "TUN       50 packets per write, 0 refused/s; super-packets: tcp and udp\n"
        "cipher    openssl; peer guard contended 0/s\n"
        "verdict   3 packets/s are lost because this host does not keep up, and the busiest "
        "queue (0) is 50 % busy: see `fz-stat drops`\n");
}

TEST(ScreensTest, NothingIsWiderThanTheTerminal) {
    for (const std::size_t width : {20U, 40U, 80U, 100U})
        for (const std::string& line : overview(width)) EXPECT_LE(width_of(line), width) << line;
}

TEST(ScreensTest, ANarrowTerminalKeepsWhatMattersMost) {
    const std::string text = joined(overview(40));
    for (const char* kept : {"queue", "busy", "drops/s", "bit/s"})
        EXPECT_NE(text.find(kept), std::string::npos) << kept;
    EXPECT_EQ(text.find("wakes/s"), std::string::npos);
}

TEST(ScreensTest, RowsComeInTheOrderThatWasAskedFor) {
    auto before = idle_gateway(2), after = busy_gateway(2);
    std::swap(after.workers[0], after.workers[1]);
    const Rates rates = rates_between(before, after);
    EXPECT_TRUE(queues(after, rates, 160, Order::queue)[1].starts_with("0 "));
    for (const Order order : {Order::up, Order::down, Order::drops, Order::busy}) {
        const Lines lines = queues(after, rates, 160, order);
        EXPECT_TRUE(lines[1].starts_with("1 ")) << lines[1];
        EXPECT_NE(lines[0].find(" v"), std::string::npos) << lines[0];
    }
}

TEST(ScreensTest, TextOfOthersIsHarmless) {
    auto after = busy_gateway();
    after.facts.interfaces[0].name = "e\x1b[2Jth";
    after.facts.interfaces[0].door = telemetry::DoorKind::sockets;
    after.facts.interfaces[0].why =
        "because\r\nof \x9b"
        "31m";
    const std::string text = joined(header(after, 80));
    for (const char c : text)
        EXPECT_TRUE(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != '\x7f' &&
                                  static_cast<unsigned char>(c) != 0x9b));
}

TEST(ScreensTest, AFullQueueAsksForAnotherGateway) {
    Rates rates = rates_between(idle_gateway(), busy_gateway());
    rates.queues[0].busy = 0.97;
    EXPECT_NE(verdict(rates).find("another gateway would help"), std::string::npos);
    rates.total.overload_drops = 0;
    EXPECT_NE(verdict(rates).find("there is no room for more"), std::string::npos);
    rates.queues[0].busy = 0.2;
    EXPECT_NE(verdict(rates).find("keeps up"), std::string::npos);
}

TEST(ScreensTest, DropsHaveACountARateAndAMeaning) {
    const Lines lines = drops(idle_gateway(), busy_gateway(), Which::those_that_happened, 160);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[1],
              "ring_full      6      3  a frame that found its XDP ring full: the worker did not "
              "keep up");
    EXPECT_EQ(lines[2], "bad_tag        2      1  WireGuard data that does not authenticate");
    EXPECT_EQ(drops(idle_gateway(), busy_gateway(), Which::all, 160).size(),
              dataplane::kDropCount + 1);
    EXPECT_EQ(drops(idle_gateway(), idle_gateway(), Which::those_that_happened, 160).size(), 1U);
}

TEST(ScreensTest, RingsSayWhatTheProgramDecided) {
    auto snapshot = idle_gateway();
    snapshot.facts.ring_count = 1;
    snapshot.facts.rings[0].queue = 3;
    snapshot.facts.rings[0].zero_copy = 1;
    snapshot.facts.rings[0].frames[0] = 1'234'567;
    const std::string text = joined(rings(snapshot, 120));
    EXPECT_NE(text.find("eth0 queue 3: native, zero-copy, worker 0"), std::string::npos);
    EXPECT_NE(text.find("1 234 567"), std::string::npos);
    EXPECT_NE(joined(rings(idle_gateway(), 120)).find("No packets come through XDP"),
              std::string::npos);
}

TEST(ScreensTest, HistogramsNameTheirRanges) {
    auto snapshot = idle_gateway();
    snapshot.workers[0].batch_sizes.add(1);
    for (int i = 0; i < 4; ++i) snapshot.workers[0].batch_sizes.add(100);
    const Lines lines = histograms(snapshot, 80);
    EXPECT_EQ(lines[1], "        1      1  ##########");
    EXPECT_EQ(lines.at(7), "64 to 127      4  ########################################");
}

TEST(TrendTest, SparklinesAreAsHighAsTheirShareOfTheLargest) {
    const std::vector<double> numbers{0, 1, 4, 8, 0.01};
    EXPECT_EQ(sparkline(numbers, 10), "▁▂▅█▂");
    EXPECT_EQ(sparkline(numbers, 2), "█▂");
    EXPECT_EQ(sparkline({}, 10), "");
}

TEST(TerminalTest, KeysThatWereTypedFastAreTakenOneByOne) {
    std::string typed = "d\x1b[Cz\x1b[Dpq";
    std::vector<std::optional<Key>> keys;
    while (!typed.empty()) keys.push_back(take_key(typed));
    EXPECT_EQ(keys, (std::vector<std::optional<Key>>{Key::drops, Key::right, std::nullopt,
                                                     Key::left, Key::peers, Key::quit}));
    typed = "\x1b";
    EXPECT_FALSE(take_key(typed));
    EXPECT_TRUE(typed.empty());
}

TEST(TerminalTest, ColoursOnlyWhereTheyAreWanted) {
    const Lines lines{"queue  busy", "verdict   3 packets/s are lost because"};
    EXPECT_EQ(painted(lines, {}), "queue  busy\nverdict   3 packets/s are lost because\n");
    EXPECT_EQ(painted(lines, {.terminal = true, .colour = true}),
              "\x1b[1mqueue  busy\x1b[0m\n"
              "\x1b[31mverdict   3 packets/s are lost because\x1b[0m\n");
}

}  // namespace
}  // namespace fz::stat
