#include "worker/doorbell.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace fz::worker {
namespace {

using dataplane::Urgency;

class DoorbellTest : public ::testing::Test {
  protected:
    [[nodiscard]] bool rang() {
        pollfd waiting{.fd = bell.fd(), .events = POLLIN, .revents = 0};
        const bool readable = ::poll(&waiting, 1, 0) == 1;
        bell.answer();
        return readable;
    }
    Doorbell bell = Doorbell::create().value();
};

TEST_F(DoorbellTest, UrgentMailAlwaysRings) {
    bell.ring(Urgency::now);
    EXPECT_TRUE(rang());
    bell.ring(Urgency::now);
    EXPECT_TRUE(rang());
}

TEST_F(DoorbellTest, NewsOfPeersRingOnceForAControlThreadThatDozes) {
    bell.ring(Urgency::soon);
    EXPECT_TRUE(rang());
    bell.ring(Urgency::soon);
    EXPECT_FALSE(rang());  // it is up and comes by itself
    bell.doze();
    bell.ring(Urgency::soon);
    EXPECT_TRUE(rang());
}

TEST_F(DoorbellTest, NothingRingsForNothing) {
    bell.ring(Urgency::none);
    EXPECT_FALSE(rang());
}

}  // namespace
}  // namespace fz::worker
