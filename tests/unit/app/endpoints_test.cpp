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

HttpAnswer status(std::string_view path, std::string_view host = "",
                  std::string_view method = "GET") {
    return answer_status({.method = method, .path = path, .host = host}, "gw1",
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
    EXPECT_EQ(status("/metrics", "", "DELETE").status, 405U);
}

TEST(EndpointsTest, FiguresThatCannotBeReadAreUnavailable) {
    const HttpAnswer answer = answer_status({"GET", "/metrics", ""}, "gw1", [] {
        return Expected<telemetry::Snapshot>(Unexpected{Error("cut off")});
    });
    EXPECT_EQ(answer.status, 503U);
    EXPECT_EQ(answer.body, "cut off\n");
}

TEST(EndpointsTest, ThePageLoadsNothingFromElsewhere) {
    const HttpAnswer page = status("/");
    EXPECT_EQ(page.status, 200U);
    EXPECT_TRUE(page.body.starts_with("<!doctype html>"));
    EXPECT_TRUE(header(page, "Content-Security-Policy").starts_with("default-src 'none'"));
    EXPECT_EQ(header(page, "Cache-Control"), "no-store");
    for (std::size_t at = 0; (at = page.body.find("http", at)) != std::string::npos; ++at)
        EXPECT_EQ(page.body.compare(at, 14, "http://www.w3."), 0) << page.body.substr(at, 40);
}

/// A foreign page could have a name of its own point here (DNS rebinding).
TEST(EndpointsTest, OnlyNamesOfThisHostAreAnswered) {
    for (const char* own : {"", "localhost", "localhost:8081", "127.0.0.1:8081", "10.1.2.3",
                            "[::1]:8081", "[fd00::1]", "gw1", "gw1:8081"})
        EXPECT_EQ(status("/metrics", own).status, 200U) << own;
    for (const char* foreign : {"example.com", "example.com:8081", "gw1.example.com", "gw2", "[x]"})
        EXPECT_EQ(status("/metrics", foreign).status, 421U) << foreign;
}

}  // namespace
}  // namespace fz::app
