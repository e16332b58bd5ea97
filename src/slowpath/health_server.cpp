#include "slowpath/health_server.h"

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

constexpr auto kRequestLimit = std::chrono::seconds(5);
constexpr std::uint32_t kRequestBytes = 8 * 1024;
constexpr std::size_t kMostClients = 16;

http::status status_for(http::verb method, beast::string_view target) {
    if (target.substr(0, target.find('?')) != "/healthz") return http::status::not_found;
    return method == http::verb::get ? http::status::ok : http::status::method_not_allowed;
}

/// One request and its answer; keeps itself alive until both are done or the time is up.
class Exchange : public std::enable_shared_from_this<Exchange> {
  public:
    Exchange(tcp::socket socket, std::shared_ptr<std::size_t> clients)
        : socket_(std::move(socket)), timer_(socket_.get_executor()), clients_(std::move(clients)) {
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
        response_.result(status_for(request.method(), request.target()));
        response_.version(request.version());
        response_.keep_alive(false);
        response_.prepare_payload();
        http::async_write(socket_, response_, [self = shared_from_this()](error_code, std::size_t) {
            error_code ignored;
            self->socket_.shutdown(tcp::socket::shutdown_send, ignored);
            self->end();
        });
    }

    void end() { timer_.cancel(); }

    tcp::socket socket_;
    asio::steady_timer timer_;
    std::shared_ptr<std::size_t> clients_;
    beast::flat_buffer buffer_{kRequestBytes};
    http::request_parser<http::empty_body> parser_;
    http::response<http::empty_body> response_;
};

tcp::endpoint endpoint_of(const wire::SocketAddr& address, error_code& error) {
    return {asio::ip::make_address(address.ip.to_string(), error), address.port};
}

}  // namespace

struct HealthServer::Impl : std::enable_shared_from_this<Impl> {
    explicit Impl(asio::io_context& io) : acceptor(io) {}

    void accept_next() {
        acceptor.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
            if (error) return;  // out of descriptors, say: trying again at once would spin
            if (*self->clients < kMostClients)
                std::make_shared<Exchange>(std::move(socket), self->clients)->start();
            self->accept_next();
        });
    }

    tcp::acceptor acceptor;
    std::shared_ptr<std::size_t> clients = std::make_shared<std::size_t>(0);
};

Expected<HealthServer> HealthServer::listen(EventLoop& loop, const wire::SocketAddr& address) {
    auto impl = std::make_shared<Impl>(loop.impl().io);
    error_code error;
    const tcp::endpoint endpoint = endpoint_of(address, error);
    if (!error) impl->acceptor.open(endpoint.protocol(), error);
    if (!error) impl->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) impl->acceptor.bind(endpoint, error);
    if (!error) impl->acceptor.listen(static_cast<int>(kMostClients), error);
    if (error)
        return Unexpected{
            Error("cannot serve health checks on " + address.to_string(), error.value())};
    impl->accept_next();
    return HealthServer(std::move(impl));
}

HealthServer::HealthServer(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
HealthServer::HealthServer(HealthServer&&) noexcept = default;

HealthServer::~HealthServer() = default;

std::uint16_t HealthServer::port() const { return impl_->acceptor.local_endpoint().port(); }

}  // namespace fz::slowpath
