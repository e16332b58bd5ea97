#include "base/help_page.h"

#include <gtest/gtest.h>

#include <array>

namespace fz {
namespace {

TEST(HelpPage, BreaksBetweenWordsAtItsWidth) {
    const std::string word(40, 'x');
    std::string page;
    append_wrapped(page, word + ' ' + word + ' ' + word, 7);
    EXPECT_EQ(page, "       " + word + ' ' + word + "\n       " + word + '\n') << "88 columns fit";
    page.clear();
    append_wrapped(page, word + ' ' + word, 8);
    EXPECT_EQ(page, "        " + word + "\n        " + word + '\n') << "89 do not";
}

TEST(HelpPage, AWordThatFitsNowhereStandsAlone) {
    std::string page;
    append_wrapped(page, "a " + std::string(100, 'x') + " b", 2);
    EXPECT_EQ(page, "  a\n  " + std::string(100, 'x') + "\n  b\n");
}

TEST(HelpPage, ListsExitStatuses) {
    std::string page;
    append_exit_statuses(page, std::array{ExitStatus{0, "done"}, ExitStatus{2, "called wrongly"}});
    EXPECT_EQ(page, "\nExit status:\n  0  done\n  2  called wrongly\n");
}

}  // namespace
}  // namespace fz
