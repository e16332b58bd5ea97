#include "app/endpoints.h"

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

/// "host", "host:80", "[::1]:80" without the port.
std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    return host.substr(0, host.rfind(':'));
}

bool is_this_host(std::string_view host, std::string_view host_name) {
    const std::string_view name = without_port(host);
    return name.empty() || name == "localhost" || name == host_name ||
           wire::IpAddr::parse(name).has_value();
}

HttpAnswer guarded(HttpAnswer answer) {
    answer.headers.insert(answer.headers.end(), {{"Cache-Control", "no-store"},
                                                 {"X-Content-Type-Options", "nosniff"},
                                                 {"Referrer-Policy", "no-referrer"}});
    return answer;
}

}  // namespace

HttpAnswer answer_health(const HttpRequest& request, const std::function<Readiness()>& readiness) {
    if (request.path != "/healthz" && request.path != "/readyz") return {.status = 404};
    if (request.method != "GET") return not_allowed();
    return request.path == "/healthz" ? HttpAnswer{} : ready(readiness());
}

HttpAnswer answer_status(const HttpRequest& request, std::string_view host_name,
                         const std::function<Expected<telemetry::Snapshot>()>& look) {
    if (!is_this_host(request.host, host_name))
        return {.status = 421, .content_type = kText, .body = "this host has another name\n"};
    if (request.path != "/metrics" && request.path != "/") return {.status = 404};
    if (request.method != "GET") return not_allowed();
    if (request.path == "/")
        return guarded({.content_type = "text/html; charset=utf-8",
                        .body = std::string(status_page()),
                        .headers = {{"Content-Security-Policy", kStatusPagePolicy}}});
    const auto snapshot = look();
    if (!snapshot)
        return {.status = 503, .content_type = kText, .body = snapshot.error().to_string() + "\n"};
    return guarded({.content_type = "text/plain; version=0.0.4; charset=utf-8",
                    .body = telemetry::prometheus_text(*snapshot)});
}

}  // namespace fz::app
