// What the gateway answers over HTTP: whether it lives and is ready, and, where that was asked for,
// its figures.
#pragma once

#include <functional>
#include <string>

#include "slowpath/http_server.h"
#include "telemetry/page.h"

namespace fz::app {

/// What has to be there before clients can be served.
struct Readiness {
    bool portal = false;  ///< joined
    bool tun = false;     ///< the device is up
    bool socket = false;  ///< at least one is open
};

/// GET /healthz is 200 while the control thread turns, as upstream; GET /readyz is 200 when
/// everything is there, else 503 with what is missing.
[[nodiscard]] slowpath::HttpAnswer answer_health(const slowpath::HttpRequest& request,
                                                 const std::function<Readiness()>& readiness);

/// GET /metrics in Prometheus' format, and GET / for people. Refused for names that are not this
/// host's own, so that no foreign web page can read it with its visitor's browser.
[[nodiscard]] slowpath::HttpAnswer answer_status(
    const slowpath::HttpRequest& request, std::string_view host_name,
    const std::function<Expected<telemetry::Snapshot>()>& look);

}  // namespace fz::app
