// Answers GET /healthz, so that a container runtime or a load balancer sees a living process.
#pragma once

#include <cstdint>
#include <memory>

#include "base/expected.h"
#include "slowpath/event_loop.h"
#include "wire/ip_addr.h"

namespace fz::slowpath {

/// Runs inside EventLoop::wait and as long as the loop exists; the object is a handle to it. 200
/// with an empty body as long as the control thread turns; 404 for other paths, 405 for other
/// methods. A request has 5 s and 8 KiB, at most 16 clients are served at once, and each connection
/// gets one answer.
class HealthServer {
  public:
    /// Errors: the address cannot be bound.
    [[nodiscard]] static Expected<HealthServer> listen(EventLoop& loop,
                                                       const wire::SocketAddr& address);
    HealthServer(HealthServer&&) noexcept;
    ~HealthServer();

    [[nodiscard]] std::uint16_t port() const;

  private:
    struct Impl;
    explicit HealthServer(std::shared_ptr<Impl> impl) noexcept;

    std::shared_ptr<Impl> impl_;
};

}  // namespace fz::slowpath
