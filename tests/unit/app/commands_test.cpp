#include "app/commands.h"

#include <gtest/gtest.h>

#include "os/command_port.h"
#include "unit/app/fixed_roster.h"

namespace fz::app {
namespace {

os::CommandPort::Command asked(std::string_view text, bool privileged) {
    return {
        .text = std::string(text), .may_change = privileged, .may_read = privileged, .from = {}};
}

constexpr std::string_view kUnknown = "error\nthis gateway does not know what it is asked\n";

class PeersCommand : public ::testing::Test {
  protected:
    std::string ask(std::string_view command, bool privileged = true) {
        return answer_command(asked(command, privileged), {.roster = &roster}, Instant{}).text;
    }
    test::FixedRoster roster;
};

TEST_F(PeersCommand, AnswersOneDocument) {
    EXPECT_EQ(ask("peers 0"), "ok\n{\"next\":null,\"peers\":[]}\n");
}

TEST_F(PeersCommand, GoesOnFromTheSlotThatItIsGiven) {
    for (const std::uint32_t slot : {7U, 8U}) {
        roster.rows.emplace_back();
        roster.rows.back().slot = slot;
    }
    EXPECT_NE(ask("peers 7").find(R"("slot":7,)"), std::string::npos);
    EXPECT_EQ(ask("peers 8").find(R"("slot":7,)"), std::string::npos);
    EXPECT_NE(ask("peers 8").find(R"("slot":8,)"), std::string::npos);
    EXPECT_EQ(ask("peers 9"), ask("peers 4294967295"));
}

TEST_F(PeersCommand, FitsIntoAnAnswer) {
    for (std::uint32_t slot = 0; slot < 100; ++slot) {
        tunnel::PeerRow& row = roster.rows.emplace_back();
        row.slot = slot;
        row.grants.assign(tunnel::PeerRow::kListedGrants,
                          {{}, std::string(slot, '\0'), std::string(slot, '\0'), {}});
    }
    std::size_t largest = 0;
    for (std::uint32_t from = 0; from < 100; ++from)
        largest = std::max(largest, ask("peers " + std::to_string(from)).size());
    EXPECT_LE(largest, os::kMaxAnswer);
    EXPECT_GT(largest, os::kMaxAnswer * 3 / 4) << "the room is used";
}

TEST_F(PeersCommand, IsForRootAlone) {
    roster.rows.emplace_back();
    EXPECT_EQ(ask("peers 0", false), "error\nonly root may see who is connected\n");
    EXPECT_EQ(ask("peers", false), "error\nonly root may see who is connected\n");
}

TEST_F(PeersCommand, TakesNothingButASlot) {
    for (const char* command : {"peers", "peers ", "peers x", "peers -1", "peers +1", "peers 1 2",
                                "peers 0x1", "peers  1", "peers 4294967296"})
        EXPECT_EQ(ask(command),
                  "error\npeers are listed from a slot on: 0, then what `next` says\n")
            << command;
    for (const char* command : {"", " ", "peer 0", "peers0", "Peers 0"})
        EXPECT_EQ(ask(command), kUnknown) << command;
}

TEST(Commands, WithoutARespondentAreNotKnown) {
    EXPECT_EQ(answer_command(asked("peers 0", true), {}, Instant{}).text, kUnknown);
    EXPECT_EQ(answer_command(asked("datapath", true), {}, Instant{}).text, kUnknown);
}

}  // namespace
}  // namespace fz::app
