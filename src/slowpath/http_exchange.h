// One connection of the HTTP server: one request, one answer. Private, because it includes Asio.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <functional>
#include <memory>

#include "base/time.h"
#include "slowpath/http_server.h"

namespace fz::slowpath {

/// Keeps itself alive until the answer is out or its time is up.
class HttpExchange : public std::enable_shared_from_this<HttpExchange> {
  public:
    /// Told once the whole header is there.
    using Arrived = std::function<void(std::shared_ptr<HttpExchange>)>;

    HttpExchange(boost::asio::ip::tcp::socket socket, Arrived arrived);

    void start(Duration limit);
    /// Of an exchange that has arrived; as long as the exchange exists.
    [[nodiscard]] HttpRequest request() const;
    void answer(HttpAnswer answer);
    /// Ends it, whatever it waits for.
    void cut();

  private:
    void read_header();
    void refuse(boost::system::error_code why);
    void send_and_close();
    void linger();

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    Arrived arrived_;
    boost::beast::flat_buffer buffer_;
    boost::beast::http::request_parser<boost::beast::http::empty_body> parser_;
    boost::beast::http::response<boost::beast::http::string_body> response_;
    std::size_t ignored_bytes_ = 0;
};

}  // namespace fz::slowpath
