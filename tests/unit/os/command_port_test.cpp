#include "os/command_port.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <string>
#include <thread>

#include "os/shared_memory.h"
#include "unit/os/private_netns.h"

namespace fz::os {
namespace {

constexpr std::string_view kName = "fz-test/commands";

class CommandPortTest : public test::PrivateNetns {
  protected:
    void SetUp() override {
        PrivateNetns::SetUp();
        if (IsSkipped()) return;
        port_.emplace(CommandPort::open(kName).value());
    }
    /// Asks from another thread, which shares the namespace, and answers once.
    Expected<Answer> ask_and_answer(const std::string& question, const CommandAnswer& text) {
        Expected<Answer> heard{Unexpected{Error("not asked")}};
        std::thread asker([&] { heard = ask(kName, question, 2s); });
        pollfd readable{.fd = port_->fd(), .events = POLLIN, .revents = 0};
        EXPECT_EQ(::poll(&readable, 1, 2000), 1);
        command_ = port_->poll();
        if (command_) port_->answer(*command_, text);
        asker.join();
        return heard;
    }
    std::optional<CommandPort> port_;
    std::optional<CommandPort::Command> command_;
};

TEST_F(CommandPortTest, TheAnswerFindsWhoAsked) {
    const auto heard = ask_and_answer("datapath xdp", {"ok\n"});
    ASSERT_TRUE(command_);
    EXPECT_EQ(command_->text, "datapath xdp");
    EXPECT_TRUE(command_->may_change);  // this test is root
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->text, "ok\n");
    EXPECT_FALSE(heard->descriptor);
    EXPECT_FALSE(port_->poll());
}

TEST_F(CommandPortTest, AnAnswerMayBringADescriptor) {
    const auto memory = SharedMemory::create("fz-test", 4096).value();
    *memory.writable() = std::byte{7};
    const auto heard = ask_and_answer("page", {"ok\n", memory.read_only_fd()});
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->text, "ok\n");
    EXPECT_EQ(map_shared_memory(heard->descriptor.get()).value().bytes()[0], std::byte{7});
}

TEST_F(CommandPortTest, WhatIsNoSharedMemoryIsNotMapped) {
    const UniqueFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    EXPECT_FALSE(map_shared_memory(file.get()));
}

TEST_F(CommandPortTest, ALongAnswerIsCut) {
    const auto heard = ask_and_answer("datapath", {std::string(kMaxAnswer + 10, 'x')});
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->text.size(), kMaxAnswer);
}

TEST_F(CommandPortTest, WhatIsTooLongIsNoCommand) {
    const auto heard = ask(kName, std::string(kMaxCommand + 1, 'x'), 10ms);
    EXPECT_FALSE(heard);
    EXPECT_FALSE(port_->poll());
}

TEST_F(CommandPortTest, WithoutAGatewayAskingFailsAtOnce) {
    port_.reset();
    const auto heard = ask(kName, "datapath", 2s);
    ASSERT_FALSE(heard);
    EXPECT_EQ(heard.error().to_string(), "no gateway is running here");
}

TEST_F(CommandPortTest, AnAskerThatIsGoneCostsNothing) {
    static_cast<void>(ask(kName, "datapath", 0ms));
    const auto command = port_->poll();
    ASSERT_TRUE(command);
    port_->answer(*command, {"ok\n"});
}

TEST_F(CommandPortTest, ANameIsHeldOnce) { EXPECT_FALSE(CommandPort::open(kName)); }

}  // namespace
}  // namespace fz::os
