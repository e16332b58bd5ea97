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

struct HttpLimits {
    Duration exchange = 5s;      ///< from the connection to the last byte of the answer
    std::size_t clients = 16;    ///< at once; one more takes the place of the oldest
    Duration accept_pause = 1s;  ///< when the system has no descriptor for a connection
};

/// Each connection gets one answer. A header has at most 8 KiB (else 431), what is no HTTP gets a
/// 400, bodies are not read; HEAD is answered like GET, without the body. Control thread.
class HttpServer {
  public:
    /// `loop` outlives the server. Errors: the address cannot be bound.
    [[nodiscard]] static Expected<HttpServer> listen(EventLoop& loop,
                                                     const wire::SocketAddr& address,
                                                     HttpHandler handler, HttpLimits limits = {});
    HttpServer(HttpServer&&) noexcept;
    ~HttpServer();

    /// Ready when there is something to `serve`.
    [[nodiscard]] SourceId source() const noexcept;
    /// Answers one request and lets one client in, if they are there: a turn's bound.
    void serve();

    [[nodiscard]] std::uint16_t port() const;

  private:
    struct Impl;
    explicit HttpServer(std::shared_ptr<Impl> impl) noexcept;

    std::shared_ptr<Impl> impl_;
};

}  // namespace fz::slowpath
