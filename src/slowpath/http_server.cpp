#include "slowpath/http_server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "slowpath/event_loop_impl.h"

namespace fz::slowpath {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr auto kAcceptPause = std::chrono::seconds(1);
constexpr auto kRequestLimit = std::chrono::seconds(5);
constexpr std::uint32_t kRequestBytes = 8 * 1024;
constexpr std::size_t kMostClients = 16;

std::string_view view_of(beast::string_view text) { return {text.data(), text.size()}; }

/// One request and its answer; keeps itself alive until both are done or the time is up.
class Exchange : public std::enable_shared_from_this<Exchange> {
  public:
    Exchange(tcp::socket socket, std::shared_ptr<const HttpHandler> handler,
             std::shared_ptr<std::size_t> clients)
        : socket_(std::move(socket)),
          timer_(socket_.get_executor()),
          handler_(std::move(handler)),
          clients_(std::move(clients)) {
        ++*clients_;
        parser_.header_limit(kRequestBytes);
        parser_.body_limit(0);
    }
    ~Exchange() { --*clients_; }

    void start() {
        timer_.expires_after(kRequestLimit);
        timer_.async_wait([self = shared_from_this()](error_code error) {
            // cancel() and not close(): Asio 1.81 on io_uring gives the slot of a closed socket
            // away under the pending request.
            error_code ignored;
            if (!error) self->socket_.cancel(ignored);
        });
        http::async_read_header(socket_, buffer_, parser_,
                                [self = shared_from_this()](error_code error, std::size_t) {
                                    if (error) return self->end();
                                    self->answer();
                                });
    }

  private:
    void answer() {
        const auto& request = parser_.get();
        const std::string_view target = view_of(request.target());
        const bool head = request.method() == http::verb::head;
        HttpAnswer answer = (*handler_)({.method = head ? "GET" : view_of(request.method_string()),
                                         .path = target.substr(0, target.find('?')),
                                         .host = view_of(request[http::field::host])});
        response_.result(answer.status);
        response_.version(request.version());
        response_.keep_alive(false);
        for (const auto& [name, value] : answer.headers)
            response_.set(beast::string_view(name.data(), name.size()),
                          beast::string_view(value.data(), value.size()));
        if (!answer.content_type.empty())
            response_.set(http::field::content_type, answer.content_type);
        response_.body() = std::move(answer.body);
        response_.prepare_payload();
        if (head) response_.body().clear();  // its length was told
        http::async_write(socket_, response_, [self = shared_from_this()](error_code, std::size_t) {
            error_code ignored;
            self->socket_.shutdown(tcp::socket::shutdown_send, ignored);
            self->end();
        });
    }

    void end() { timer_.cancel(); }

    tcp::socket socket_;
    asio::steady_timer timer_;
    std::shared_ptr<const HttpHandler> handler_;
    std::shared_ptr<std::size_t> clients_;
    beast::flat_buffer buffer_{kRequestBytes};
    http::request_parser<http::empty_body> parser_;
    http::response<http::string_body> response_;
};

tcp::endpoint endpoint_of(const wire::SocketAddr& address, error_code& error) {
    return {asio::ip::make_address(address.ip.to_string(), error), address.port};
}

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<Impl> {
    Impl(asio::io_context& io, HttpHandler answers)
        : acceptor(io), handler(std::make_shared<const HttpHandler>(std::move(answers))) {}

    void accept_next() {
        acceptor.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
            if (error == asio::error::operation_aborted) return;
            if (error) return self->accept_later();
            if (*self->clients < kMostClients)
                std::make_shared<Exchange>(std::move(socket), self->handler, self->clients)
                    ->start();
            self->accept_next();
        });
    }

    /// Out of descriptors, say: trying again at once would spin.
    void accept_later() {
        pause.expires_after(kAcceptPause);
        pause.async_wait([self = shared_from_this()](error_code error) {
            if (!error) self->accept_next();
        });
    }

    tcp::acceptor acceptor;
    asio::steady_timer pause{acceptor.get_executor()};
    std::shared_ptr<const HttpHandler> handler;
    std::shared_ptr<std::size_t> clients = std::make_shared<std::size_t>(0);
};

Expected<HttpServer> HttpServer::listen(EventLoop& loop, const wire::SocketAddr& address,
                                        HttpHandler handler) {
    auto impl = std::make_shared<Impl>(loop.impl().io, std::move(handler));
    error_code error;
    const tcp::endpoint endpoint = endpoint_of(address, error);
    if (!error) impl->acceptor.open(endpoint.protocol(), error);
    if (!error) impl->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) impl->acceptor.bind(endpoint, error);
    if (!error) impl->acceptor.listen(static_cast<int>(kMostClients), error);
    if (error)
        return Unexpected{Error("cannot serve HTTP on " + address.to_string(), error.value())};
    impl->accept_next();
    return HttpServer(std::move(impl));
}

HttpServer::HttpServer(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return impl_->acceptor.local_endpoint().port(); }

}  // namespace fz::slowpath
