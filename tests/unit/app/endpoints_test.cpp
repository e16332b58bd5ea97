#include "app/endpoints.h"

#include <gtest/gtest.h>

#include "app/status_page.h"
#include "unit/telemetry/snapshots.h"

namespace fz::app {
namespace {

using slowpath::HttpAnswer;
using slowpath::HttpRequest;

HttpAnswer health(std::string_view path, Readiness state = {}, std::string_view method = "GET") {
    return answer_health({.method = method, .path = path, .host = "anything"},
                         [state] { return state; });
}

HttpAnswer status(std::string_view path, std::string_view host = "localhost",
                  std::string_view method = "GET", Audience audience = Audience::this_host) {
    return answer_status({.method = method, .path = path, .host = host}, audience,
                         [] { return Expected<telemetry::Snapshot>(test::busy_gateway()); });
}

std::string_view header(const HttpAnswer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers)
        if (key == name) return value;
    return "";
}

TEST(EndpointsTest, HealthIsAsUpstream) {
    EXPECT_EQ(health("/healthz").status, 200U);
    EXPECT_EQ(health("/healthz").body, "");
    EXPECT_EQ(health("/").status, 404U);
    EXPECT_EQ(health("/metrics").status, 404U);
    EXPECT_EQ(health("/healthz", {}, "POST").status, 405U);
    EXPECT_EQ(header(health("/readyz", {}, "POST"), "Allow"), "GET, HEAD");
}

TEST(EndpointsTest, ReadyNamesWhatIsMissing) {
    EXPECT_EQ(health("/readyz", {true, true, true}).status, 200U);
    EXPECT_EQ(health("/readyz", {true, true, true}).body, "ready\n");
    const HttpAnswer nothing = health("/readyz");
    EXPECT_EQ(nothing.status, 503U);
    EXPECT_EQ(nothing.body, "not ready: the portal, the tunnel device, a UDP socket\n");
    EXPECT_EQ(health("/readyz", {true, false, true}).body, "not ready: the tunnel device\n");
}

TEST(EndpointsTest, Metrics) {
    const HttpAnswer metrics = status("/metrics");
    EXPECT_EQ(metrics.status, 200U);
    EXPECT_EQ(metrics.content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_NE(metrics.body.find("firezone_gateway_portal_joined 1\n"), std::string::npos);
    EXPECT_EQ(status("/elsewhere").status, 404U);
    EXPECT_EQ(status("/metrics", "localhost", "DELETE").status, 405U);
}

TEST(EndpointsTest, FiguresThatCannotBeReadAreUnavailable) {
    const HttpAnswer answer = answer_status({"GET", "/metrics", "[::1]"}, Audience::this_host, [] {
        return Expected<telemetry::Snapshot>(Unexpected{Error("cut off")});
    });
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(answer.body, "cut off\n");
}

TEST(EndpointsTest, ThePageLoadsNothingFromElsewhere) {
    const HttpAnswer page = status("/");
    EXPECT_EQ(page.status, 200U);
    EXPECT_TRUE(page.body.starts_with("<!doctype html>"));
    for (std::size_t at = 0; (at = page.body.find("http", at)) != std::string::npos; ++at)
        EXPECT_EQ(page.body.compare(at, 14, "http://www.w3."), 0) << page.body.substr(at, 40);
}

/// Its hashes are of what stands there; that a browser agrees is shown with a browser.
TEST(EndpointsTest, EveryAnswerOfTheStatusAddressIsGuarded) {
    for (const HttpAnswer& answer :
         {status("/"), status("/metrics"), status("/elsewhere"), status("/", "example.com"),
          status("/", "localhost", "POST")}) {
        const std::string_view policy = header(answer, "Content-Security-Policy");
        EXPECT_TRUE(policy.starts_with("default-src 'none'; style-src 'sha256-")) << policy;
        EXPECT_EQ(policy.find("unsafe"), std::string_view::npos);
        EXPECT_EQ(header(answer, "Cache-Control"), "no-store");
        EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(header(answer, "Referrer-Policy"), "no-referrer");
    }
}

TEST(EndpointsTest, OnlyNamesOfThisHostAreAnswered) {
    for (const char* own :
         {"localhost", "LocalHost:8081", "127.0.0.1:8081", "10.1.2.3", "[::1]:8081", "[fd00::1]"})
        EXPECT_EQ(status("/metrics", own).status, 200U) << own;
    for (const char* foreign : {"", ":80", "[", "[]", "[::1", "[x]", "example.com",
                                "example.com:8081", "localhost.example.com", "127.0.0.1.nip.io"})
        EXPECT_EQ(status("/metrics", foreign).status, 421U) << foreign;
}

TEST(EndpointsTest, OnANetworkAnyNameWillDo) {
    EXPECT_EQ(audience_of(wire::IpAddr::v4(127, 0, 0, 1)), Audience::this_host);
    EXPECT_EQ(audience_of(*wire::IpAddr::parse("::1")), Audience::this_host);
    EXPECT_EQ(audience_of(wire::IpAddr::v4(0, 0, 0, 0)), Audience::network);
    EXPECT_EQ(audience_of(wire::IpAddr::v4(10, 0, 0, 1)), Audience::network);
    EXPECT_EQ(status("/metrics", "gw1.example.com:9090", "GET", Audience::network).status, 200U);
}

}  // namespace
}  // namespace fz::app
