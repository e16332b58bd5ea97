#include "app/firezone_id.h"

#include <sys/stat.h>

#include "unit/support/scratch_folder.h"

namespace fz::app {
namespace {

class FirezoneId : public test::ScratchFolder {
  protected:
    Expected<std::string> id(const std::optional<std::string>& configured = {}) {
        return firezone_id(configured, files_, random_);
    }
    IdentityFiles files_{.gateway_id = folder() / "firezone" / "gateway_id",
                         .machine_id = folder() / "machine-id"};
    crypto::Random random_{crypto::Secret{}};

    void write_id_file(std::string_view text) {
        std::filesystem::create_directory(folder() / "firezone");
        write("firezone/gateway_id", text);
    }
};

TEST_F(FirezoneId, WhatIsConfiguredWins) {
    write_id_file("from-the-file");
    EXPECT_EQ(id("configured").value(), "configured");
    EXPECT_EQ(id("").value(), "from-the-file");
}

TEST_F(FirezoneId, AFileMayHoldAnIdOrJson) {
    for (const char* text :
         {"an-id", "an-id\n", " an-id ", "{\"id\":\"an-id\"}", "{ \"id\" : \"an-id\" }\n"}) {
        write_id_file(text);
        EXPECT_EQ(id().value(), "an-id") << text;
    }
}

TEST_F(FirezoneId, AFileThatHoldsNoIdIsAnErrorThatNamesIt) {
    for (const char* text : {"{\"id\":1}", "{}", "two words", "{\"id\":\"\"}", "{\"id\":\"a\""}) {
        write_id_file(text);
        const auto result = id();
        ASSERT_FALSE(result) << text;
        EXPECT_NE(result.error().what.find("gateway_id holds no Firezone ID"), std::string::npos);
    }
}

TEST_F(FirezoneId, AFileThatCannotBeReadIsAnErrorNotANewIdentity) {
    std::filesystem::create_directories(files_.gateway_id);
    write("machine-id", "b08dfa6083e7567a1921a715000001fb\n");
    const auto result = id();
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().to_string().find("gateway_id: Is a directory"), std::string::npos);
}

// Computed with Python: hmac.new(b"753b38f9f96947ef8083802d5909a372", text, "sha256").
TEST_F(FirezoneId, WithoutAFileItIsDerivedFromTheMachineAndNothingIsWritten) {
    write("machine-id", "b08dfa6083e7567a1921a715000001fb\n");
    EXPECT_EQ(id().value(), "bcb236dfd0a1e18f41d0bfd3043cc2b3103b17ffff5bb50477b68407db0d35e9");
    EXPECT_FALSE(std::filesystem::exists(files_.gateway_id));
}

TEST_F(FirezoneId, WithoutAMachineIdItIsInventedOnceAndKept) {
    for (const char* useless : {"", "\n", "uninitialized\n"}) {
        write("machine-id", useless);
        const std::string first = id().value();
        EXPECT_EQ(first.size(), 64u);
        EXPECT_EQ(read("firezone/gateway_id"), "{\"id\":\"" + first + "\"}");
        EXPECT_EQ(id().value(), first);
        struct stat file {};
        ASSERT_EQ(::stat(files_.gateway_id.c_str(), &file), 0);
        EXPECT_EQ(file.st_mode & 0777u, 0640u);
        std::filesystem::remove(files_.gateway_id);
    }
    std::filesystem::remove(files_.machine_id);
    EXPECT_TRUE(id());
}

TEST_F(FirezoneId, AnInventedIdThatCannotBeKeptIsAnError) {
    write("firezone", "a file where the folder should be");
    files_.gateway_id = folder() / "firezone" / "sub" / "gateway_id";
    EXPECT_FALSE(id());
}

}  // namespace
}  // namespace fz::app
