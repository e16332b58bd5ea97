// What the process asks the kernel about itself: capabilities, clocks, randomness, signals, lock.
#include <signal.h>
#include <unistd.h>

#include "gtest/gtest.h"
#include "os/capabilities.h"
#include "os/clock.h"
#include "os/entropy.h"
#include "os/signals.h"
#include "os/single_instance.h"
#include "os/sysctl.h"

namespace fz::os {
namespace {

TEST(Capabilities, RootMayConfigureTheNetwork) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    EXPECT_TRUE(require_net_admin());
}

TEST(Clock, InstantsNeverGoBack) {
    const Now first = read_clocks();
    const Now second = read_clocks();
    EXPECT_LE(first.instant, second.instant);
    EXPECT_GT(first.unix.time_since_epoch(), 1'700'000'000s);  // November 2023
}

TEST(Entropy, TwoSeedsDiffer) { EXPECT_NE(random_seed(), random_seed()); }

TEST(SingleInstance, TheNameIsTakenOnceAndFreedByItsOwner) {
    const std::string name = "fz-test-" + std::to_string(::getpid());
    {
        const auto first = SingleInstance::acquire(name);
        ASSERT_TRUE(first);
        const auto second = SingleInstance::acquire(name);
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().to_string(),
                  "another " + name + " is already running on this host: stop it first");
    }
    EXPECT_TRUE(SingleInstance::acquire(name));
}

TEST(TerminationSignals, AreReadInsteadOfKilling) {
    auto signals = TerminationSignals::create();
    ASSERT_TRUE(signals);
    EXPECT_EQ(signals->poll(), std::nullopt);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        ::raise(signal);
        EXPECT_EQ(signals->poll(), signal);
    }
    EXPECT_EQ(signals->poll(), std::nullopt);
}

TEST(Sysctl, MissingKeysAndEqualValuesAreNoWrites) {
    EXPECT_EQ(read_sysctl("net.no.such.key"), std::nullopt);
    const auto present = read_sysctl("kernel.ostype");  // read-only for everyone
    ASSERT_EQ(present, "Linux");
    EXPECT_TRUE(set_sysctl("kernel.ostype", "Linux"));
    EXPECT_FALSE(set_sysctl("kernel.ostype", "Plan9"));
}

}  // namespace
}  // namespace fz::os
