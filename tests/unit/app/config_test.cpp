#include "app/config.h"

#include <gtest/gtest.h>

#include <vector>

namespace fz::app {
namespace {

using Arguments = std::vector<std::string_view>;

Config parsed(const Arguments& arguments, const Environment& environment = {}) {
    auto config = parse(arguments, environment);
    EXPECT_TRUE(config) << config.error().what;
    return config.value_or(Config{});
}
std::string refused(const Arguments& arguments, const Environment& environment = {}) {
    const auto config = parse(arguments, environment);
    return config ? "accepted" : config.error().what;
}

TEST(Config, DefaultsAreUpstreams) {
    const Config config = parsed({});
    EXPECT_EQ(config.request, Request::run);
    EXPECT_EQ(config.portal.api_url, "wss://api.firezone.dev");
    EXPECT_EQ(config.portal.token, std::nullopt);
    EXPECT_EQ(config.portal.name, std::nullopt);
    EXPECT_EQ(config.portal.firezone_id, std::nullopt);
    EXPECT_EQ(config.portal.max_partition_time, std::chrono::hours(24));
    EXPECT_EQ(config.health_check.to_string(), "0.0.0.0:8080");
    EXPECT_EQ(config.udp.send_buffer_bytes, 16777216u);
    EXPECT_EQ(config.udp.receive_buffer_bytes, 134217728u);
    EXPECT_EQ(config.udp.kernel_limits, KernelLimits::raise);
    EXPECT_EQ(config.permission_check, PermissionCheck::required);
    EXPECT_EQ(config.datapath, doors::Wish::automatic);
    EXPECT_EQ(config.log.format, LogFormat::human);
}

TEST(Config, ReadsEveryVariable) {
    const Config config = parsed({}, {{"FIREZONE_TOKEN", "secret"},
                                      {"FIREZONE_API_URL", "ws://portal:8081"},
                                      {"FIREZONE_NAME", "edge 1"},
                                      {"FIREZONE_ID", "abc"},
                                      {"FIREZONE_MAX_PARTITION_TIME", "1h 30m"},
                                      {"CREDENTIALS_DIRECTORY", "/run/credentials"},
                                      {"FIREZONE_DATAPATH", "socket"},
                                      {"FIREZONE_NO_INC_BUF", "true"},
                                      {"FIREZONE_UDP_SEND_BUFFER_SIZE", "4096"},
                                      {"FIREZONE_UDP_RECV_BUFFER_SIZE", "8192"},
                                      {"FIREZONE_LOG_FORMAT", "json"},
                                      {"RUST_LOG", "off"},
                                      {"HEALTH_CHECK_ADDR", "[::1]:9000"}});
    EXPECT_EQ(config.portal.token, "secret");
    EXPECT_EQ(config.portal.api_url, "ws://portal:8081");
    EXPECT_EQ(config.portal.name, "edge 1");
    EXPECT_EQ(config.portal.firezone_id, "abc");
    EXPECT_EQ(config.portal.max_partition_time, std::chrono::minutes(90));
    EXPECT_EQ(config.portal.credentials_directory, "/run/credentials");
    EXPECT_EQ(config.datapath, doors::Wish::socket);
    EXPECT_EQ(config.udp.kernel_limits, KernelLimits::leave);
    EXPECT_EQ(config.udp.send_buffer_bytes, 4096u);
    EXPECT_EQ(config.udp.receive_buffer_bytes, 8192u);
    EXPECT_EQ(config.log.format, LogFormat::json);
    EXPECT_EQ(config.log.filter.lowest(), std::nullopt);
    EXPECT_EQ(config.health_check.to_string(), "[::1]:9000");
}

TEST(Config, ReadsEveryFlagInEverySpelling) {
    const Config config =
        parsed({"--api-url=ws://a:1", "-nedge", "-i", "abc", "-m=90s", "--no-inc-buf", "--no-check",
                "--health-check-addr", "127.0.0.1:1", "--log-format", "json", "secret"});
    EXPECT_EQ(config.portal.api_url, "ws://a:1");
    EXPECT_EQ(config.portal.name, "edge");
    EXPECT_EQ(config.portal.firezone_id, "abc");
    EXPECT_EQ(config.portal.max_partition_time, std::chrono::seconds(90));
    EXPECT_EQ(config.udp.kernel_limits, KernelLimits::leave);
    EXPECT_EQ(config.permission_check, PermissionCheck::skipped);
    EXPECT_EQ(config.health_check.to_string(), "127.0.0.1:1");
    EXPECT_EQ(config.log.format, LogFormat::json);
    EXPECT_EQ(config.portal.token, "secret");
}

TEST(Config, AFlagWinsOverItsVariable) {
    const Environment environment{{"FIREZONE_NAME", "variable"}, {"FIREZONE_TOKEN", "variable"}};
    const Config config = parsed({"-n", "flag", "argument"}, environment);
    EXPECT_EQ(config.portal.name, "flag");
    EXPECT_EQ(config.portal.token, "argument");
}

TEST(Config, AVariableThatLostToItsFlagIsNotJudged) {
    EXPECT_EQ(parsed({"--datapath=auto"}, {{"FIREZONE_DATAPATH", "nonsense"}}).datapath,
              doors::Wish::automatic);
}

TEST(Config, AnEmptyNameIsANameButAnEmptyIdAndTokenAreNone) {
    const Config config =
        parsed({}, {{"FIREZONE_NAME", ""}, {"FIREZONE_ID", ""}, {"FIREZONE_TOKEN", ""}});
    EXPECT_EQ(config.portal.name, "");
    EXPECT_EQ(config.portal.firezone_id, std::nullopt);
    EXPECT_EQ(config.portal.token, std::nullopt);
}

TEST(Config, SwitchVariablesAreTrueOrFalseAndNothingElse) {
    EXPECT_EQ(parsed({}, {{"FIREZONE_NO_INC_BUF", "false"}}).udp.kernel_limits,
              KernelLimits::raise);
    for (const char* name :
         {"FIREZONE_NO_INC_BUF", "FIREZONE_NO_TELEMETRY", "FIREZONE_VALIDATE_CHECKSUMS"})
        for (const char* value : {"1", "", "yes", "TRUE"})
            EXPECT_EQ(refused({}, {{name, value}}), std::string(name) + " must be true or false");
}

TEST(Config, RefusesWithTheNameTheOperatorUsed) {
    EXPECT_EQ(refused({"--metrics", "prometheus"}), "--metrics must be stdout or otel-collector");
    EXPECT_EQ(refused({}, {{"FIREZONE_METRICS", ""}}),
              "FIREZONE_METRICS must be stdout or otel-collector");
    EXPECT_EQ(refused({"-u", ""}), "-u must not be empty");
    EXPECT_EQ(refused({"-m", "soon"}), "-m must be a duration such as 24h, 30m or \"1h 30m\"");
    EXPECT_EQ(refused({}, {{"HEALTH_CHECK_ADDR", "localhost"}}),
              "HEALTH_CHECK_ADDR must be ADDRESS:PORT, as in 0.0.0.0:8080 or [::1]:8080");
    for (const char* size : {"0", "-1", "1M", "", "2147483648"})
        EXPECT_EQ(refused({}, {{"FIREZONE_UDP_SEND_BUFFER_SIZE", size}}),
                  "FIREZONE_UDP_SEND_BUFFER_SIZE must be a number of bytes from 1 to 2147483647");
}

TEST(Config, TakesADatapathAndInterfacesForIt) {
    EXPECT_EQ(parsed({"--datapath=xdp"}).datapath, doors::Wish::xdp);
    EXPECT_EQ(parsed({"--datapath=xdp-generic"}).datapath, doors::Wish::xdp_generic);
    EXPECT_EQ(refused({"--datapath", "XDP"}),
              "--datapath must be auto, xdp, xdp-generic or socket");
    EXPECT_TRUE(parsed({}).xdp_interfaces.empty());
    EXPECT_EQ(parsed({}, {{"FIREZONE_XDP_INTERFACE", "eth0,wan.42"}}).xdp_interfaces,
              (std::vector<std::string>{"eth0", "wan.42"}));
    for (const char* names : {"", ",", "eth0,", "eth0,,eth1", "a-name-too-long-0"})
        EXPECT_EQ(refused({"--xdp-interface", names}),
                  "--xdp-interface must be names of interfaces, separated by commas");
}

TEST(Config, TakesATimeToPollFor) {
    EXPECT_FALSE(parsed({}).busy_poll);
    EXPECT_EQ(parsed({"--busy-poll=50"}).busy_poll, Duration(50us));
    EXPECT_FALSE(parsed({"--busy-poll=0"}, {{"FIREZONE_BUSY_POLL", "50"}}).busy_poll);
    for (const char* wrong : {"-1", "10001", "50us", ""})
        EXPECT_EQ(refused({std::string("--busy-poll=") + wrong}),
                  "--busy-poll must be a number of microseconds, at most 10000");
}

TEST(Config, TakesANumberOfWorkersAndAnAeadProvider) {
    EXPECT_FALSE(parsed({}).workers);
    EXPECT_FALSE(parsed({}).aead);
    EXPECT_EQ(parsed({"--workers=4"}).workers, 4U);
    EXPECT_EQ(parsed({}, {{"FIREZONE_WORKERS", "64"}}).workers, 64U);
    for (const char* wrong : {"0", "65", "two", ""})
        EXPECT_EQ(refused({std::string("--workers=") + wrong}),
                  "--workers must be a number from 1 to 64");
    EXPECT_EQ(parsed({"--aead=sodium"}).aead, crypto::AeadProvider::sodium);
    EXPECT_EQ(parsed({}, {{"FIREZONE_AEAD", "openssl"}}).aead, crypto::AeadProvider::openssl);
    EXPECT_FALSE(parsed({"--aead=auto"}).aead);
    EXPECT_EQ(refused({"--aead=rot13"}),
              "--aead must be auto, sodium, openssl or (x86-64 with AVX2) ipsec-mb");
}

TEST(Config, RefusesArgumentsItDoesNotKnow) {
    EXPECT_EQ(refused({"--colour"}), "there is no option --colour; see --help");
    EXPECT_EQ(refused({"-x"}), "there is no option -x; see --help");
    EXPECT_EQ(refused({"--api-url"}), "--api-url needs a value");
    EXPECT_EQ(refused({"--no-check=true"}), "--no-check takes no value");
    EXPECT_EQ(refused({"-n", "a", "--firezone-name", "b"}), "--firezone-name was given twice");
}

TEST(Config, NeverQuotesTheToken) {
    EXPECT_EQ(refused({"first-secret", "second-secret"}), "TOKEN was given twice");
}

TEST(Config, ATokenMayLookLikeAFlagAfterTwoDashes) {
    EXPECT_EQ(parsed({"--", "--token"}).portal.token, "--token");
}

TEST(Config, AcceptsWhatHasNoEffectYet) {
    EXPECT_TRUE(parse(Arguments{"--no-telemetry", "--metrics=stdout", "--validate-checksums",
                                "--otlp-grpc-endpoint", "collector:4317"},
                      {}));
    EXPECT_EQ(refused({"--otlp-grpc-endpoint", "collector"}),
              "--otlp-grpc-endpoint must be HOST:PORT");
}

TEST(Config, HelpAndVersionWinOverWhatFollows) {
    for (const char* help : {"-h", "--help"})
        EXPECT_EQ(parsed({help, "--colour"}).request, Request::print_help);
    for (const char* version : {"-V", "--version"})
        EXPECT_EQ(parsed({version}, {{"FIREZONE_METRICS", "x"}}).request, Request::print_version);
}

TEST(Help, NamesEveryVariableAndFitsATerminal) {
    const std::string page = help_text();
    for (const char* name :
         {"FIREZONE_TOKEN", "FIREZONE_API_URL", "FIREZONE_NAME", "FIREZONE_ID",
          "FIREZONE_MAX_PARTITION_TIME", "FIREZONE_DATAPATH", "FIREZONE_WORKERS",
          "FIREZONE_NO_INC_BUF", "FIREZONE_UDP_SEND_BUFFER_SIZE", "FIREZONE_UDP_RECV_BUFFER_SIZE",
          "FIREZONE_LOG_FORMAT", "RUST_LOG", "--no-check", "HEALTH_CHECK_ADDR",
          "FIREZONE_NO_TELEMETRY", "FIREZONE_METRICS", "OTLP_GRPC_ENDPOINT",
          "FIREZONE_VALIDATE_CHECKSUMS", "--xdp-interface"})
        EXPECT_NE(page.find(name), std::string::npos) << name;
    for (std::size_t begin = 0; begin < page.size();) {
        const std::size_t end = page.find('\n', begin);
        ASSERT_NE(end, std::string::npos);
        EXPECT_LE(end - begin, 88u) << page.substr(begin, end - begin);
        begin = end + 1;
    }
}

TEST(Help, ListsWhatHasNoEffectUnderAHeadingThatSaysSo) {
    const std::string page = help_text();
    const std::size_t heading = page.find("without effect");
    ASSERT_NE(heading, std::string::npos);
    EXPECT_GT(page.find("--metrics"), heading);
    EXPECT_GT(page.find("--no-telemetry"), heading);
    EXPECT_LT(page.find("--datapath"), heading);
}

}  // namespace
}  // namespace fz::app
