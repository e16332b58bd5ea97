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

/// Whom the status address answers.
enum class Audience : std::uint8_t {
    /// Programs on this host. A foreign web page could have a name of its own point to a loopback
    /// address (DNS rebinding) and read it with its visitor's browser, so requests have to name
    /// this host.
    this_host,
    network,  ///< whoever gets here, by whatever name
};
[[nodiscard]] Audience audience_of(const wire::IpAddr& bound) noexcept;

/// GET /metrics in Prometheus' format, and GET / for people.
[[nodiscard]] slowpath::HttpAnswer answer_status(
    const slowpath::HttpRequest& request, Audience audience,
    const std::function<Expected<telemetry::Snapshot>()>& look);

}  // namespace fz::app
