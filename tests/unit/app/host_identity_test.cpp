#include "app/host_identity.h"

#include <gtest/gtest.h>

namespace fz::app {
namespace {

TEST(OsRelease, ReadsQuotedAndPlainValues) {
    const OsRelease debian = parse_os_release(
        "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n# a "
        "comment\nVERSION_ID=\"12\"\nID=debian\n");
    EXPECT_EQ(debian.id, "debian");
    EXPECT_EQ(debian.version_id, "12");
    const OsRelease single = parse_os_release("ID='a\\'b'\nVERSION_ID=3.20.3");
    EXPECT_EQ(single.id, "a'b");
    EXPECT_EQ(single.version_id, "3.20.3");
}

TEST(OsRelease, WhatIsNotThereStaysEmpty) {
    for (const char* text : {"", "\n\n", "IDX=1", "ID_LIKE=debian", "ID=", "VERSION_ID=\""}) {
        const OsRelease release = parse_os_release(text);
        EXPECT_EQ(release.id, "") << text;
    }
}

TEST(UserAgentParts, KnowThisHost) {
    const portal::UserAgentParts parts = user_agent_parts();
    EXPECT_FALSE(parts.os_type.empty());
    EXPECT_FALSE(parts.os_version.empty());
    EXPECT_FALSE(parts.arch.empty());
    EXPECT_FALSE(parts.kernel.empty());
    EXPECT_EQ(parts.version, "1.4.17");
}

TEST(DisplayName, IsTheConfiguredOneEvenIfEmpty) {
    crypto::Random random{crypto::Secret{}};
    EXPECT_EQ(display_name("edge", random), "edge");
    EXPECT_EQ(display_name("", random), "");
    EXPECT_FALSE(display_name(std::nullopt, random).empty());
}

}  // namespace
}  // namespace fz::app
