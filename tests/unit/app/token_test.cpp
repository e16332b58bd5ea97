#include "app/token.h"

#include "unit/support/scratch_folder.h"

namespace fz::app {
namespace {

class Token : public test::ScratchFolder {
  protected:
    PortalOptions with_credentials() {
        PortalOptions options;
        options.credentials_directory = folder().string();
        return options;
    }
};

TEST_F(Token, TheConfiguredOneWins) {
    write("FIREZONE_TOKEN", "credential");
    PortalOptions options = with_credentials();
    options.token = "configured";
    EXPECT_EQ(token_of(options).value(), "configured");
}

TEST_F(Token, ACredentialIsTrimmed) {
    write("FIREZONE_TOKEN", " credential\n");
    EXPECT_EQ(token_of(with_credentials()).value(), "credential");
}

TEST_F(Token, NoneIsAUsageError) {
    const char* sentence = "there is no token: set FIREZONE_TOKEN, or give it as an argument";
    EXPECT_EQ(token_of({}).error().what, sentence);
    EXPECT_EQ(token_of(with_credentials()).error().what, sentence);
}

TEST_F(Token, AnEmptyOrUnreadableCredentialIsNamed) {
    write("FIREZONE_TOKEN", "\n");
    EXPECT_NE(token_of(with_credentials()).error().what.find("holds no token"), std::string::npos);
    std::filesystem::remove(folder() / "FIREZONE_TOKEN");
    std::filesystem::create_directory(folder() / "FIREZONE_TOKEN");
    EXPECT_NE(token_of(with_credentials()).error().what.find("cannot read"), std::string::npos);
}

}  // namespace
}  // namespace fz::app
