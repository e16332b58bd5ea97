#include "noise/replay_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace fz::noise {
namespace {

constexpr std::uint64_t kReach = 8128;                   // 8192 bits less one word
constexpr std::uint64_t kLimit = 18446744073709543423u;  // REJECT-AFTER-MESSAGES

struct Case {
    int number;
    std::uint64_t counter;
    bool accepted;
};

void run(std::initializer_list<Case> cases) {
    ReplayWindow window;
    for (const Case& c : cases) {
        EXPECT_EQ(window.check(c.counter), c.accepted) << "case " << c.number;
        EXPECT_EQ(window.accept(c.counter), c.accepted) << "case " << c.number;
        EXPECT_FALSE(window.check(c.counter)) << "case " << c.number;
    }
}

TEST(ReplayWindow, TakesEachCounterOnceInAnyOrder) {
    run({
        {1, 0, true},
        {2, 0, false},
        {3, 1, true},
        {4, 1, false},
        {5, 9, true},
        {6, 8, true},
        {7, 7, true},
        {8, 7, false},
        {9, 9, false},
        {10, 63, true},
        {11, 64, true},
        {12, 65, true},
        {13, 64, false},
        {14, 2, true},
    });
}

TEST(ReplayWindow, EndsExactlyAtItsReach) {
    run({
        {1, kReach, true},
        {2, 0, true},
        {3, 1, true},
        {4, kReach + 2, true},
        {5, 1, false},
        {6, 2, true},
        {7, kReach + 1, true},
        {8, kReach + 64, true},
        {9, 63, false},
        {10, 64, true},
        {11, 64, false},
    });
}

TEST(ReplayWindow, ForgetsEverythingOnAJumpBeyondTheRing) {
    run({
        {1, 5, true},
        {2, 5 + 8192, true},
        {3, 5, false},
        {4, 5 + 8192 - kReach, true},
        {5, 4 + 8192 - kReach, false},
        {6, 5 + 10 * 8192, true},
        {7, 5 + 10 * 8192 - kReach, true},
        {8, 5 + 10 * 8192 - kReach - 1, false},
        {9, 4 + 10 * 8192, true},
        {10, std::uint64_t{1} << 63, true},
        {11, (std::uint64_t{1} << 63) - 1, true},
        {12, (std::uint64_t{1} << 63) - kReach, true},
        {13, (std::uint64_t{1} << 63) - kReach - 1, false},
    });
}

TEST(ReplayWindow, StopsAtTheMessageLimit) {
    run({
        {1, kLimit - 1, true},
        {2, kLimit, false},
        {3, kLimit + 1, false},
        {4, ~std::uint64_t{0}, false},
        {5, kLimit - 2, true},
        {6, kLimit - 1 - kReach, true},
        {7, kLimit - 1 - kReach - 1, false},
    });
}

TEST(ReplayWindow, TakesAWholeWindowBackwards) {
    ReplayWindow window;
    for (std::uint64_t counter = kReach + 1; counter-- > 0;)
        EXPECT_TRUE(window.accept(counter)) << counter;
    for (std::uint64_t counter = 0; counter <= kReach; ++counter)
        EXPECT_FALSE(window.accept(counter)) << counter;
}

}  // namespace
}  // namespace fz::noise
