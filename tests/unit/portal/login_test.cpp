#include "portal/login.h"

#include <gtest/gtest.h>

namespace fz::portal {
namespace {

Login example() {
    Login login;
    login.api_url = "wss://portal.example.test";
    login.token = ".SFMyNTY.abc_DEF-123";
    login.firezone_id = "0F0E0D0C-0B0A-4908-8706-050403020100";
    login.name = "edge gw/1";
    login.public_key =
        crypto::PublicKey::from_base64("3+Dh4uPk5ebn6Onq6+zt7u/w8fLz9PX29/j5+vv8/f4=").value();
    return login;
}

LoginUrl url_for(const std::string& api_url) {
    Login login = example();
    login.api_url = api_url;
    return login_url(login).value();
}

std::string error_for(const std::string& api_url) {
    Login login = example();
    login.api_url = api_url;
    const auto url = login_url(login);
    EXPECT_FALSE(url) << api_url;
    return url ? "" : url.error().what;
}

std::string path_of(const LoginUrl& url) {
    return url.path_and_query.substr(0, url.path_and_query.find('?'));
}

TEST(LoginUrl, MatchesTheRecordedOne) {
    const LoginUrl url = login_url(example()).value();
    EXPECT_EQ(url.scheme, Scheme::wss);
    EXPECT_EQ(url.host, "portal.example.test");
    EXPECT_EQ(url.host_header, "portal.example.test");
    EXPECT_EQ(url.port, 443);
    EXPECT_EQ(url.path_and_query,
              "/gateway/websocket?token=.SFMyNTY.abc_DEF-123"
              "&external_id=6b37e90b33a189d96bb8e4d593a1ecd25d4c34991ebaeae94aa6d68b3fd01a1e"
              "&name=edge+gw%2F1"
              "&public_key=3%2BDh4uPk5ebn6Onq6%2Bzt7u%2Fw8fLz9PX29%2Fj5%2Bvv8%2Ff4%3D");
}

TEST(LoginUrl, ClientsAddWhatTheyKnowOfTheirDevice) {
    Login login = example();
    login.role = Role::client;
    login.device_serial = "S 1";
    login.device_uuid = "u";
    const std::string text = login_url(login).value().path_and_query;
    EXPECT_EQ(text.rfind("/client/websocket?token=", 0), 0u);
    EXPECT_NE(text.find("&name=edge+gw%2F1&device_serial=S+1&device_uuid=u&public_key="),
              std::string::npos);
}

TEST(LoginUrl, SchemesAndPorts) {
    EXPECT_EQ(url_for("https://h").scheme, Scheme::wss);
    EXPECT_EQ(url_for("HTTPS://H").host, "h");
    EXPECT_EQ(url_for("https://h").port, 443);
    EXPECT_EQ(url_for("http://h").scheme, Scheme::ws);
    EXPECT_EQ(url_for("ws://h").port, 80);
    EXPECT_EQ(url_for("ws://h:").port, 80);
    EXPECT_EQ(url_for("ws://h:8081/").port, 8081);
    EXPECT_EQ(url_for("ws://h:8081").host_header, "h");
}

TEST(LoginUrl, KeepsTheBasePathAndDropsTheQuery) {
    EXPECT_EQ(path_of(url_for("wss://h/base/")), "/base/gateway/websocket");
    EXPECT_EQ(path_of(url_for("wss://h/base")), "/base/gateway/websocket");
    EXPECT_EQ(path_of(url_for("wss://h/base?x=1#f")), "/base/gateway/websocket");
    EXPECT_EQ(path_of(url_for("wss://h?x=/y")), "/gateway/websocket");
    EXPECT_EQ(path_of(url_for("wss://h/a b\r\nX: y")), "/a%20b%0D%0AX:%20y/gateway/websocket");
}

TEST(LoginUrl, BracketsBelongToTheHeaderOnly) {
    const LoginUrl url = url_for("ws://[2001:DB8::1]:8081/x");
    EXPECT_EQ(url.host, "2001:db8::1");
    EXPECT_EQ(url.host_header, "[2001:db8::1]");
    EXPECT_EQ(url.port, 8081);
    EXPECT_EQ(url_for("wss://[::1]").port, 443);
}

TEST(LoginUrl, WrongUrlsAreNamedInOneSentence) {
    EXPECT_EQ(error_for("portal.example.test"), "the portal URL does not look like wss://host");
    EXPECT_EQ(error_for("ftp://h"),
              "the portal URL must begin with wss://, https://, ws:// or http://");
    for (const char* port : {"wss://h:0", "wss://h:65536", "wss://h:-1", "wss://h:1x"})
        EXPECT_EQ(error_for(port), "the portal URL's port is not a number from 1 to 65535") << port;
    for (const char* host : {"wss://", "wss://:443", "wss:///x", "wss://h h", "wss://h\r\n",
                             "wss://[::1", "wss://[x]", "wss://[]", "wss://[::1]x"})
        EXPECT_EQ(error_for(host), "the portal URL does not name a valid host") << host;
    EXPECT_EQ(error_for("wss://user:secret@h"), "the portal URL must not contain a user name");
}

TEST(LoginUrl, WhiteSpaceAroundATokenIsAnAccident) {
    Login login = example();
    login.token = " .SFMyNTY.abc\n_DEF-123\r\n";
    EXPECT_EQ(login_url(login).value().path_and_query, login_url(example()).value().path_and_query);
    login.token = " \n";
    EXPECT_EQ(login_url(login).error().what, "the portal token is empty");
}

TEST(LoginUrl, AnEmptyNameIsSentAsOne) {
    Login login = example();
    login.name.clear();
    EXPECT_NE(login_url(login).value().path_and_query.find("&name=&public_key="),
              std::string::npos);
}

TEST(ExternalId, HashesUuidsAsTheyAreSpelled) {
    EXPECT_EQ(external_id("0F0E0D0C-0B0A-4908-8706-050403020100"),
              "6b37e90b33a189d96bb8e4d593a1ecd25d4c34991ebaeae94aa6d68b3fd01a1e");
    EXPECT_EQ(external_id("0f0e0d0c-0b0a-4908-8706-050403020100"),
              "fdd5f4f955ee4104e2f888e2a5ce9ac8d2eb5377536a08e4f17e36a91ae7965d");
    for (const char* spelling :
         {"0f0e0d0c0b0a49088706050403020100", "{0f0e0d0c-0b0a-4908-8706-050403020100}",
          "urn:uuid:0f0e0d0c-0b0a-4908-8706-050403020100"})
        EXPECT_EQ(external_id(spelling).size(), 64u) << spelling;
}

TEST(ExternalId, LeavesEveryOtherIdAlone) {
    const std::string hex64 = "6b37e90b33a189d96bb8e4d593a1ecd25d4c34991ebaeae94aa6d68b3fd01a1e";
    for (const std::string& id :
         {hex64, std::string(), std::string("my gateway"), std::string("{\"id\":\"00\"}\n")})
        EXPECT_EQ(external_id(id), id);
}

TEST(FormUrlencode, FollowsTheUrlStandard) {
    EXPECT_EQ(form_urlencode("azAZ09*-._"), "azAZ09*-._");
    EXPECT_EQ(form_urlencode(" ~+/=&%"), "+%7E%2B%2F%3D%26%25");
    EXPECT_EQ(form_urlencode("\u00fc\x7f"), "%C3%BC%7F");
}

}  // namespace
}  // namespace fz::portal
