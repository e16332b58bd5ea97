#include "portal/user_agent.h"

#include <gtest/gtest.h>

namespace fz::portal {
namespace {

TEST(UserAgent, MatchesTheRecordedOne) {
    EXPECT_EQ(user_agent({"Ubuntu", "22.4.0", "1.4.17", "x86_64", "6.8.0-45-generic"}),
              "Ubuntu/22.4.0 connlib/1.4.17 (x86_64; 6.8.0-45-generic)");
}

TEST(UserAgent, LeavesOutWhatIsNotKnown) {
    EXPECT_EQ(user_agent({"Linux", "Unknown", "1.4.17", "x86_64", ""}),
              "Linux/Unknown connlib/1.4.17 (x86_64)");
    EXPECT_EQ(user_agent({"Linux", "Unknown", "1.4.17", "", "6.1.0"}),
              "Linux/Unknown connlib/1.4.17 (6.1.0)");
    EXPECT_EQ(user_agent({"Linux", "Unknown", "1.4.17", "", ""}), "Linux/Unknown connlib/1.4.17");
}

TEST(UserAgent, IsPrintableAscii) {
    EXPECT_EQ(user_agent({"L\u00ednux", "1\r\nX: y", "1.4.17", "a\x7f", ""}),
              "Lnux/1X: y connlib/1.4.17 (a)");
}

TEST(UserAgent, NormalisesVersions) {
    EXPECT_EQ(normalized_os_version("22.04"), "22.4.0");
    EXPECT_EQ(normalized_os_version("12"), "12.0.0");
    EXPECT_EQ(normalized_os_version("3.20.3"), "3.20.3");
    EXPECT_EQ(normalized_os_version(""), "Unknown");
    for (const char* kept : {"1.2.3.4", "12-rc1", "1.", ".1", "rolling", "99999999999999999999"})
        EXPECT_EQ(normalized_os_version(kept), kept);
}

TEST(UserAgent, NamesDistributionsAsUpstreamDoes) {
    EXPECT_EQ(os_type_of("debian"), "Debian");
    EXPECT_EQ(os_type_of("alpine"), "Alpine Linux");
    EXPECT_EQ(os_type_of("pop"), "Pop!_OS");
    EXPECT_EQ(os_type_of("plan9"), "Linux");
    EXPECT_EQ(os_type_of(""), "Linux");
}

}  // namespace
}  // namespace fz::portal
