#include "slowpath/http_exchange.h"

#include <optional>

namespace fz::slowpath {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t kRequestBytes = 8 * 1024;
constexpr std::size_t kIgnoredBytes = 256 * 1024;

std::string_view view_of(beast::string_view text) { return {text.data(), text.size()}; }
beast::string_view beast_view(std::string_view text) { return {text.data(), text.size()}; }

/// What to say about a request that could not be read; nothing if there was none.
std::optional<http::status> refusal_of(error_code why) {
    if (why == http::error::header_limit || why == http::error::buffer_overflow)
        return http::status::request_header_fields_too_large;
    if (why == http::error::end_of_stream || why == http::error::partial_message ||
        why.category() != make_error_code(http::error::bad_method).category())
        return std::nullopt;
    return http::status::bad_request;
}

}  // namespace

HttpExchange::HttpExchange(tcp::socket socket, Arrived arrived)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      arrived_(std::move(arrived)),
      buffer_(kRequestBytes) {
    parser_.header_limit(kRequestBytes);
    parser_.body_limit(boost::none);  // bodies are not read
}

void HttpExchange::start(Duration limit) {
    timer_.expires_after(limit);
    timer_.async_wait([self = shared_from_this()](error_code error) {
        if (!error) self->cut();
    });
    read_header();
}

void HttpExchange::cut() {
    // cancel() and not close(): Asio 1.81 on io_uring gives the slot of a closed socket away
    // under the pending request.
    error_code ignored;
    socket_.cancel(ignored);
    timer_.cancel();
}

void HttpExchange::read_header() {
    http::async_read_header(socket_, buffer_, parser_,
                            [self = shared_from_this()](error_code error, std::size_t) {
                                if (error) return self->refuse(error);
                                self->arrived_(self);
                            });
}

HttpRequest HttpExchange::request() const {
    const auto& request = parser_.get();
    const std::string_view target = view_of(request.target());
    const bool head = request.method() == http::verb::head;
    return {.method = head ? "GET" : view_of(request.method_string()),
            .path = target.substr(0, target.find('?')),
            .host = view_of(request[http::field::host])};
}

void HttpExchange::answer(HttpAnswer answer) {
    response_.result(answer.status);
    response_.version(parser_.get().version());
    for (const auto& [name, value] : answer.headers)
        response_.set(beast_view(name), beast_view(value));
    if (!answer.content_type.empty())
        response_.set(http::field::content_type, beast_view(answer.content_type));
    response_.body() = std::move(answer.body);
    response_.prepare_payload();
    if (parser_.get().method() == http::verb::head) response_.body().clear();  // length was told
    send_and_close();
}

void HttpExchange::refuse(error_code why) {
    const auto status = refusal_of(why);
    if (!status) return cut();
    response_.result(*status);
    response_.version(11);
    response_.prepare_payload();
    send_and_close();
}

void HttpExchange::send_and_close() {
    response_.keep_alive(false);
    http::async_write(socket_, response_,
                      [self = shared_from_this()](error_code error, std::size_t) {
                          if (error) return self->cut();
                          error_code ignored;
                          self->socket_.shutdown(tcp::socket::shutdown_send, ignored);
                          self->linger();
                      });
}

/// Closing on bytes that nobody read would be a reset, which may take the answer away from a client
/// that is still sending.
void HttpExchange::linger() {
    buffer_.clear();
    socket_.async_read_some(buffer_.prepare(kRequestBytes),
                            [self = shared_from_this()](error_code error, std::size_t size) {
                                self->ignored_bytes_ += size;
                                if (error || self->ignored_bytes_ > kIgnoredBytes)
                                    return self->cut();
                                self->linger();
                            });
}

}  // namespace fz::slowpath
