// A small HTTP server for those who watch the gateway: what it answers is somebody else's function.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/expected.h"
#include "slowpath/event_loop.h"
#include "wire/ip_addr.h"

namespace fz::slowpath {

struct HttpRequest {
    std::string_view method;  ///< "GET"
    std::string_view path;    ///< without what follows a '?'
    std::string_view host;    ///< of the Host header, with its port; empty without one
};

struct HttpAnswer {
    unsigned status = 200;
    std::string_view content_type = {};  ///< empty: no body
    std::string body = {};
    std::vector<std::pair<std::string_view, std::string_view>> headers = {};
};

/// Called on the control thread; an answer is one bounded piece of work.
using HttpHandler = std::function<HttpAnswer(const HttpRequest&)>;

/// Runs inside EventLoop::wait and as long as the loop exists; the object is a handle to it. A
/// request has 5 s and 8 KiB and no body, at most 16 clients are served at once, and each
/// connection gets one answer. HEAD is answered like GET, without the body.
class HttpServer {
  public:
    /// Errors: the address cannot be bound.
    [[nodiscard]] static Expected<HttpServer> listen(EventLoop& loop,
                                                     const wire::SocketAddr& address,
                                                     HttpHandler handler);
    HttpServer(HttpServer&&) noexcept;
    ~HttpServer();

    [[nodiscard]] std::uint16_t port() const;

  private:
    struct Impl;
    explicit HttpServer(std::shared_ptr<Impl> impl) noexcept;

    std::shared_ptr<Impl> impl_;
};

}  // namespace fz::slowpath
