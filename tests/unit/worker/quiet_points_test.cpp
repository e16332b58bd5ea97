#include "worker/quiet_points.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace fz::worker {
namespace {

using namespace std::chrono_literals;

/// A worker that stays online, without a quiet point, until it is let go.
class QuietPointsTest : public ::testing::Test {
  protected:
    void hold_online() {
        worker_ = std::thread([this] {
            const QuietPoints reader;
            online_ = true;
            while (!let_go_) std::this_thread::yield();
            { const QuietPoints::Offline quiet; }
            while (!end_) std::this_thread::yield();  // online again, and in nobody's way
        });
        while (!online_) std::this_thread::yield();
    }
    void TearDown() override {
        let_go_ = end_ = true;
        if (worker_.joinable()) worker_.join();
    }

    std::thread worker_;
    std::atomic<bool> online_{false};
    std::atomic<bool> let_go_{false};
    std::atomic<bool> end_{false};
};

TEST_F(QuietPointsTest, AGracePeriodWaitsForAReaderThatIsOnline) {
    hold_online();
    std::atomic<bool> over{false};
    std::thread control([&] {
        wait_for_quiet_points();
        over = true;
    });
    std::this_thread::sleep_for(50ms);
    EXPECT_FALSE(over);
    let_go_ = true;
    control.join();
}

TEST_F(QuietPointsTest, NobodyOnlineIsNobodyToWaitFor) { wait_for_quiet_points(); }

TEST_F(QuietPointsTest, AnOfflineReaderHoldsNobodyUp) {
    std::atomic<bool> offline{false};
    std::thread sleeper([&] {
        QuietPoints reader;
        const QuietPoints::Offline rest;
        offline = true;
        while (!end_) std::this_thread::yield();
    });
    while (!offline) std::this_thread::yield();
    wait_for_quiet_points();
    end_ = true;
    sleeper.join();
}

}  // namespace
}  // namespace fz::worker
