#include "app/endpoints.h"

#include <algorithm>

#include "app/status_page.h"
#include "telemetry/prometheus.h"

namespace fz::app {
namespace {

using slowpath::HttpAnswer;
using slowpath::HttpRequest;

constexpr std::string_view kText = "text/plain; charset=utf-8";

HttpAnswer not_allowed() { return {.status = 405, .headers = {{"Allow", "GET, HEAD"}}}; }

HttpAnswer ready(const Readiness& state) {
    std::string missing;
    const auto need = [&](bool there, std::string_view what) {
        if (!there) (missing += missing.empty() ? "" : ", ") += what;
    };
    need(state.portal, "the portal");
    need(state.tun, "the tunnel device");
    need(state.socket, "a UDP socket");
    if (missing.empty()) return {.content_type = kText, .body = "ready\n"};
    return {.status = 503, .content_type = kText, .body = "not ready: " + missing + "\n"};
}

/// "host", "host:80", "[::1]:80" without the port; empty if it is none of these.
std::string_view without_port(std::string_view host) {
    if (!host.starts_with('[')) return host.substr(0, host.rfind(':'));
    const std::size_t end = host.find(']');
    return end == std::string_view::npos ? "" : host.substr(1, end - 1);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    };
    return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_this_host(std::string_view host) {
    const std::string_view name = without_port(host);
    return equal_ignoring_case(name, "localhost") || wire::IpAddr::parse(name).has_value();
}

HttpAnswer show(const HttpRequest& request, Audience audience,
                const std::function<Expected<telemetry::Snapshot>()>& look) {
    if (audience == Audience::this_host && !is_this_host(request.host))
        return {.status = 421,
                .content_type = kText,
                .body = "this address answers to \"localhost\" and to IP addresses only\n"};
    if (request.path != "/metrics" && request.path != "/") return {.status = 404};
    if (request.method != "GET") return not_allowed();
    if (request.path == "/")
        return {.content_type = "text/html; charset=utf-8", .body = std::string(status_page())};
    const auto snapshot = look();
    if (!snapshot)
        return {.status = 503, .content_type = kText, .body = snapshot.error().to_string() + "\n"};
    return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
            .body = telemetry::prometheus_text(*snapshot)};
}

}  // namespace

HttpAnswer answer_health(const HttpRequest& request, const std::function<Readiness()>& readiness) {
    if (request.path != "/healthz" && request.path != "/readyz") return {.status = 404};
    if (request.method != "GET") return not_allowed();
    return request.path == "/healthz" ? HttpAnswer{} : ready(readiness());
}

Audience audience_of(const wire::IpAddr& bound) noexcept {
    return bound.is_loopback() ? Audience::this_host : Audience::network;
}

HttpAnswer answer_status(const HttpRequest& request, Audience audience,
                         const std::function<Expected<telemetry::Snapshot>()>& look) {
    HttpAnswer answer = show(request, audience, look);
    answer.headers.insert(answer.headers.end(), {{"Cache-Control", "no-store"},
                                                 {"Content-Security-Policy", status_page_policy()},
                                                 {"Referrer-Policy", "no-referrer"},
                                                 {"X-Content-Type-Options", "nosniff"}});
    return answer;
}

}  // namespace fz::app
