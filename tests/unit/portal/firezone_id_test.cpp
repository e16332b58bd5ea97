#include "portal/firezone_id.h"

#include <gtest/gtest.h>

namespace fz::portal {
namespace {

TEST(FirezoneId, IsReadFromJsonOrFromBareText) {
    EXPECT_EQ(read_firezone_id(R"({"id":"abc"})"), "abc");
    EXPECT_EQ(read_firezone_id("{ \"id\" : \"abc\" }\n"), "abc");
    EXPECT_EQ(read_firezone_id("abc\n"), "abc");
    EXPECT_EQ(read_firezone_id("12345"), "12345");
    EXPECT_EQ(read_firezone_id("\"abc"), "\"abc");
}

TEST(FirezoneId, AFileWithoutIdHasNone) {
    for (const char* file : {"", " \n", "{}", R"({"id":7})", R"({"id":null})", R"({"id":""})"})
        EXPECT_EQ(read_firezone_id(file), std::nullopt) << file;
}

TEST(FirezoneId, ANewOneSurvivesItsFile) {
    crypto::Random random{crypto::Secret{}};
    const std::string id = new_firezone_id(random);
    EXPECT_EQ(id.size(), 64u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_NE(new_firezone_id(random), id);
    EXPECT_EQ(firezone_id_file(id), "{\"id\":\"" + id + "\"}");
    EXPECT_EQ(read_firezone_id(firezone_id_file(id)), id);
}

}  // namespace
}  // namespace fz::portal
