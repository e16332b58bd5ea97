#include "worker/readiness.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>

namespace fz::worker {
namespace {

bool kernel_is_at_least(int major, int minor) {
    utsname name{};
    ::uname(&name);
    int have_major = 0, have_minor = 0;
    std::sscanf(name.release, "%d.%d", &have_major, &have_minor);
    return have_major > major || (have_major == major && have_minor >= minor);
}

TEST(Readiness, TellsWhatCanBeRead) {
    Readiness readiness = Readiness::create().value();
    const os::UniqueFd quiet(::eventfd(0, 0)), raised(::eventfd(1, 0));
    ASSERT_TRUE(readiness.watch(quiet.get(), 5));
    EXPECT_EQ(readiness.poll(), 0U);
    ASSERT_TRUE(readiness.watch(raised.get(), 63));
    EXPECT_EQ(readiness.wait(), Readiness::Set{1} << 63);
    readiness.forget(raised.get());
    EXPECT_EQ(readiness.poll(), 0U);
}

TEST(Readiness, PollsWhereTheKernelCan) {
    Readiness readiness = Readiness::create().value();
    const auto done = readiness.prefer_busy_polling(50us);
    if (kernel_is_at_least(6, 9)) {
        EXPECT_TRUE(done) << done.error().to_string();
    } else {
        ASSERT_FALSE(done);
        EXPECT_NE(done.error().to_string().find("Linux 6.9"), std::string::npos);
    }
    // It still tells what can be read.
    const os::UniqueFd raised(::eventfd(1, 0));
    ASSERT_TRUE(readiness.watch(raised.get(), 0));
    EXPECT_EQ(readiness.wait(), 1U);
}

}  // namespace
}  // namespace fz::worker
