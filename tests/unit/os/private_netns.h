// An empty network namespace for the time of one test; needs root.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include "os/unique_fd.h"

namespace fz::test {

class PrivateNetns : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "network namespaces need root";
        before_ = os::UniqueFd(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
        if (::unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "unshare(CLONE_NEWNET) is not permitted";
        inside_ = true;
    }
    void TearDown() override {
        if (!inside_) return;
        ASSERT_EQ(::setns(before_.get(), CLONE_NEWNET), 0);
    }

    /// What a shell command prints, errors included.
    static std::string output_of(const std::string& command) {
        const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen((command + " 2>&1").c_str(), "r"),
                                                         ::pclose);
        std::string output;
        std::array<char, 4096> part;
        while (const std::size_t size = std::fread(part.data(), 1, part.size(), pipe.get()))
            output.append(part.data(), size);
        return output;
    }

  private:
    os::UniqueFd before_;
    bool inside_ = false;
};

}  // namespace fz::test
