#include "slowpath/http_server.h"

#include <algorithm>
#include <deque>

#include "slowpath/event_loop_impl.h"
#include "slowpath/http_exchange.h"

namespace fz::slowpath {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr int kBacklog = 64;

tcp::endpoint endpoint_of(const wire::SocketAddr& address, error_code& error) {
    return {asio::ip::make_address(address.ip.to_string(), error), address.port};
}

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<Impl> {
    Impl(EventLoop& event_loop, HttpHandler answers, HttpLimits wanted)
        : loop(event_loop),
          source(event_loop.add_source()),
          handler(std::move(answers)),
          limits(wanted),
          acceptor(event_loop.impl().io),
          pause(event_loop.impl().io) {}

    void accept_next() {
        accepting = true;
        acceptor.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
            if (self->closed) return;
            if (error) return self->accept_later();
            self->accepting = false;
            self->admit(std::move(socket));
            self->loop.raise(self->source);
        });
    }

    /// Out of descriptors, say: trying again at once would spin.
    void accept_later() {
        pause.expires_after(limits.accept_pause);
        pause.async_wait([self = shared_from_this()](error_code) {
            if (!self->closed) self->accept_next();
        });
    }

    void admit(tcp::socket socket) {
        std::erase_if(clients, [](const auto& client) { return client.expired(); });
        if (clients.size() >= limits.clients) displace_oldest();
        const auto exchange = std::make_shared<HttpExchange>(
            std::move(socket), [weak = weak_from_this()](std::shared_ptr<HttpExchange> whole) {
                const auto self = weak.lock();
                if (!self || self->closed) return;
                self->arrived.push_back(std::move(whole));
                self->loop.raise(self->source);
            });
        clients.push_back(exchange);
        exchange->start(limits.exchange);
    }

    void displace_oldest() {
        if (const auto oldest = clients.front().lock()) {
            std::erase(arrived, oldest);
            oldest->cut();
        }
        clients.pop_front();
    }

    void close() {
        closed = true;
        error_code ignored;
        acceptor.cancel(ignored);
        pause.cancel();
        arrived.clear();
        for (const auto& client : clients)
            if (const auto exchange = client.lock()) exchange->cut();
        loop.remove(source);
    }

    EventLoop& loop;
    const SourceId source;
    const HttpHandler handler;
    const HttpLimits limits;
    tcp::acceptor acceptor;
    asio::steady_timer pause;
    bool accepting = false;
    bool closed = false;
    std::deque<std::weak_ptr<HttpExchange>> clients;    ///< the oldest first
    std::deque<std::shared_ptr<HttpExchange>> arrived;  ///< those that wait for their answer
};

Expected<HttpServer> HttpServer::listen(EventLoop& loop, const wire::SocketAddr& address,
                                        HttpHandler handler, HttpLimits limits) {
    HttpServer server(std::make_shared<Impl>(loop, std::move(handler), limits));
    auto& acceptor = server.impl_->acceptor;
    error_code error;
    const tcp::endpoint endpoint = endpoint_of(address, error);
    if (!error) acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(kBacklog, error);
    if (error)
        return Unexpected{Error("cannot serve HTTP on " + address.to_string(), error.value())};
    server.impl_->accept_next();
    return server;
}

HttpServer::HttpServer(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;

HttpServer::~HttpServer() {
    if (impl_) impl_->close();
}

SourceId HttpServer::source() const noexcept { return impl_->source; }

void HttpServer::serve() {
    if (!impl_->arrived.empty()) {
        const auto exchange = std::move(impl_->arrived.front());
        impl_->arrived.pop_front();
        exchange->answer(impl_->handler(exchange->request()));
    }
    if (impl_->arrived.empty()) impl_->loop.drained(impl_->source);
    if (!impl_->accepting) impl_->accept_next();
}

std::uint16_t HttpServer::port() const { return impl_->acceptor.local_endpoint().port(); }

}  // namespace fz::slowpath
