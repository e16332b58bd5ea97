#include "slowpath/portal_connection.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <cerrno>

namespace fz::slowpath {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using TlsStream = asio::ssl::stream<tcp::socket>;

constexpr std::uint16_t kAbnormalClosure = 1006;  ///< RFC 6455 7.4.1
constexpr std::size_t kRefusalBodyBytes = 4096;   ///< as much as a log line can bear
constexpr std::string_view kTimedOut = "timed out";

tcp::endpoint endpoint_of(const wire::IpAddr& ip, std::uint16_t port) {
    const Bytes bytes = ip.bytes();
    if (ip.is_v4()) {
        asio::ip::address_v4::bytes_type v4;
        std::memcpy(v4.data(), bytes.data(), v4.size());
        return {asio::ip::address_v4(v4), port};
    }
    asio::ip::address_v6::bytes_type v6;
    std::memcpy(v6.data(), bytes.data(), v6.size());
    return {asio::ip::address_v6(v6), port};
}

/// The request's fields in the order clients of this portal send them, and no others.
void write_fields(websocket::request_type& request, const std::string& user_agent) {
    const std::string key = std::string(request[http::field::sec_websocket_key]);
    const std::string host = std::string(request[http::field::host]);
    request.clear();
    request.insert("Host", host);
    request.insert("Connection", "Upgrade");
    request.insert("Upgrade", "websocket");
    request.insert("Sec-WebSocket-Version", "13");
    request.insert("Sec-WebSocket-Key", key);
    request.insert("user-agent", user_agent);
}

/// What differs between ws and wss stays in this class; the rest of the attempt is the same.
///
/// connecting -> securing (wss only) -> upgrading -> open -> closing -> over
enum class Phase { connecting, securing, upgrading, open, closing, over };

template <typename Stream>
class Connection final : public PortalConnection,
                         public std::enable_shared_from_this<Connection<Stream>> {
  public:
    template <typename... StreamArgs>
    Connection(asio::io_context& io, PortalInbox& inbox, PortalTarget target,
               const PortalTransportOptions& options, StreamArgs&&... stream_args)
        : inbox_(&inbox),
          target_(std::move(target)),
          options_(options),
          websocket_(std::forward<StreamArgs>(stream_args)...),
          timer_(io) {}

    void start() override { connect_next("its name has no address"); }

    PortalTransport::Queued send(std::string frame) override {
        if (phase_ != Phase::open) return PortalTransport::Queued::not_connected;
        if (outbox_.size() >= options_.send_queue_frames) return PortalTransport::Queued::full;
        outbox_.push_back(std::move(frame));
        if (outbox_.size() == 1) write_next();
        return PortalTransport::Queued::yes;
    }

    void close() override {
        if (phase_ == Phase::closing || phase_ == Phase::over) return;
        if (phase_ != Phase::open) return abandon();
        enter(Phase::closing, options_.close_limit);
        if (outbox_.empty()) write_close();
    }

    void abandon() override {
        inbox_ = nullptr;
        stop();
    }

    void resume_reading() override {
        if (std::exchange(reading_paused_, false)) read_next();
    }

  private:
    using Self = Connection;

    [[nodiscard]] tcp::socket& socket() { return beast::get_lowest_layer(websocket_); }

    /// Binds a member function as a handler that keeps this object alive.
    template <typename... Args>
    auto handler(void (Self::*method)(const error_code&, Args...)) {
        return [self = this->shared_from_this(), method](const error_code& error, Args... args) {
            if (self->phase_ != Phase::over) (self.get()->*method)(error, args...);
        };
    }

    /// Enters a phase that must be over after `limit`.
    void enter(Phase phase, Duration limit) {
        phase_ = phase;
        timer_.expires_after(limit);
        timer_.async_wait([self = this->shared_from_this(), phase,
                           attempt = next_address_](const error_code& cancelled) {
            // Work that finished in the same moment has moved on already.
            if (cancelled || self->phase_ != phase || self->next_address_ != attempt) return;
            self->timed_out_ = true;
            self->interrupt();
        });
    }

    /// Makes every pending and every following request fail.
    void interrupt() {
        error_code ignored;
        socket().shutdown(tcp::socket::shutdown_both, ignored);
        socket().cancel(ignored);
    }

    void stop() {
        phase_ = Phase::over;
        timer_.cancel();
        interrupt();
    }

    void finish(PortalEvent event) {
        if (inbox_ != nullptr) inbox_->push(std::move(event));
        inbox_ = nullptr;
        stop();
    }

    [[nodiscard]] std::string reason_of(const error_code& error) const {
        return timed_out_ ? std::string(kTimedOut) : error.message();
    }

    void connect_next(const std::string& last_failure) {
        if (next_address_ == target_.addresses.size())
            return finish(PortalFailed{"cannot connect to the portal at " + target_.host +
                                       ", port " + std::to_string(target_.port) + ": " +
                                       last_failure});
        const tcp::endpoint to = endpoint_of(target_.addresses[next_address_++], target_.port);
        timed_out_ = false;
        enter(Phase::connecting, options_.tcp_limit);

        error_code error;
        if (socket().is_open()) socket().close(error);
        socket().open(to.protocol(), error);
        if (error) return connect_next(error.message());
        const auto mark = options_.mark;
        if (mark != 0 &&
            ::setsockopt(socket().native_handle(), SOL_SOCKET, SO_MARK, &mark, sizeof mark) != 0)
            return connect_next("no permission to mark the socket");
        socket().set_option(tcp::no_delay(true), error);
        socket().async_connect(to, handler(&Self::on_connect));
    }

    void on_connect(const error_code& error) {
        if (error || timed_out_) return connect_next(reason_of(error));
        if constexpr (std::is_same_v<Stream, TlsStream>) {
            enter(Phase::securing, options_.handshake_limit);
            websocket_.next_layer().async_handshake(asio::ssl::stream_base::client,
                                                    handler(&Self::on_secure));
        } else {
            enter(Phase::upgrading, options_.handshake_limit);
            upgrade();
        }
    }

    void on_secure(const error_code& error) {
        if (error || timed_out_) {
            if constexpr (std::is_same_v<Stream, TlsStream>) {
                const long verdict =
                    ::SSL_get_verify_result(websocket_.next_layer().native_handle());
                if (verdict != X509_V_OK && !timed_out_)
                    return finish(
                        PortalInvalidCertificate{::X509_verify_cert_error_string(verdict)});
            }
            return finish(PortalFailed{"TLS with the portal: " + reason_of(error)});
        }
        upgrade();  // still within the limit of the handshake
    }

    void upgrade() {
        // This class keeps the time itself.
        websocket_.set_option(websocket::stream_base::timeout{
            websocket::stream_base::none(), websocket::stream_base::none(), false});
        websocket_.set_option(websocket::stream_base::decorator(
            [agent = target_.user_agent](websocket::request_type& request) {
                write_fields(request, agent);
            }));
        websocket_.read_message_max(options_.frame_limit_bytes);
        websocket_.text(true);
        const bool bare_v6 = target_.host.find(':') != std::string::npos;
        websocket_.async_handshake(response_, bare_v6 ? '[' + target_.host + ']' : target_.host,
                                   target_.path_and_query, handler(&Self::on_upgrade));
    }

    void on_upgrade(const error_code& error) {
        if (error) {
            // Beast reports its verdict on a complete answer in its own category.
            const bool answered =
                error.category() == error_code(websocket::error::upgrade_declined).category();
            if (answered && response_.result() != http::status::switching_protocols)
                return finish(PortalHttpRefused{response_.result_int(),
                                                std::string(response_[http::field::retry_after]),
                                                response_.body().substr(0, kRefusalBodyBytes)});
            return finish(PortalFailed{"WebSocket upgrade: " + reason_of(error)});
        }
        phase_ = Phase::open;
        timer_.cancel();
        // Beast answers a Close frame and then waits for the server to end the TCP connection
        // (RFC 6455 7.1.1), with nothing to limit the wait.
        websocket_.control_callback([this](websocket::frame_type frame, beast::string_view) {
            if (frame == websocket::frame_type::close) enter(Phase::closing, options_.close_limit);
        });
        inbox_->push(PortalConnected{});
        read_next();
    }

    void read_next() { websocket_.async_read(buffer_, handler(&Self::on_read)); }

    void on_read(const error_code& error, std::size_t) {
        if (error) return end(error);
        inbox_->push(PortalText{beast::buffers_to_string(buffer_.data())});
        buffer_.consume(buffer_.size());
        reading_paused_ = inbox_->events.size() >= options_.receive_queue_events;
        if (!reading_paused_) read_next();
    }

    void write_next() {
        websocket_.async_write(asio::buffer(outbox_.front()), handler(&Self::on_write));
    }

    void on_write(const error_code& error, std::size_t) {
        if (error) return end(error);
        outbox_.pop_front();
        if (!outbox_.empty()) return write_next();
        if (phase_ == Phase::closing) write_close();
    }

    void write_close() {
        websocket_.async_close(websocket::close_code::normal, handler(&Self::end));
    }

    /// An established connection is over, by a Close frame of either side or by an error.
    void end(const error_code& error) {
        const websocket::close_reason& peer = websocket_.reason();
        if (peer.code != websocket::close_code::none)
            return finish(PortalClosed{peer.code, std::string(peer.reason.c_str())});
        const bool clean = !error || error == websocket::error::closed;
        if (clean) return finish(PortalClosed{websocket::close_code::no_status, ""});
        finish(PortalClosed{kAbnormalClosure, reason_of(error)});
    }

    PortalInbox* inbox_;  ///< null once the fate of the connection was reported
    PortalTarget target_;
    PortalTransportOptions options_;
    websocket::stream<Stream> websocket_;
    asio::steady_timer timer_;
    Phase phase_ = Phase::connecting;
    std::size_t next_address_ = 0;
    bool timed_out_ = false;
    bool reading_paused_ = false;
    websocket::response_type response_;
    beast::flat_buffer buffer_;
    std::deque<std::string> outbox_;  ///< the front is being written
};

Expected<asio::ssl::context> make_tls_context(const std::string& ca_file) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    ::SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    context.set_verify_mode(asio::ssl::verify_peer);
    error_code error;
    if (ca_file.empty())
        context.set_default_verify_paths(error);
    else
        context.load_verify_file(ca_file, error);
    if (error) return Unexpected{Error("cannot load trust anchors: " + error.message())};
    return context;
}

/// Expects the certificate of `host`, and names it to the server unless it is an address (RFC 6066
/// 3 allows names only).
void expect_host(SSL* tls, const std::string& host) {
    if (wire::IpAddr::parse(host)) {
        ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(tls), host.c_str());
    } else {
        ::SSL_set1_host(tls, host.c_str());
        ::SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                   const_cast<char*>(host.c_str()));  // copied
    }
}

}  // namespace

Expected<std::shared_ptr<PortalConnection>> make_portal_connection(
    asio::io_context& io, PortalInbox& inbox, PortalTarget target,
    const PortalTransportOptions& options) {
    std::shared_ptr<PortalConnection> made;
    if (target.scheme == PortalScheme::ws) {
        made = std::make_shared<Connection<tcp::socket>>(io, inbox, std::move(target), options, io);
    } else {
        FZ_ASSIGN(asio::ssl::context context, make_tls_context(options.ca_file));
        TlsStream stream(io, context);  // takes its own reference on the context
        expect_host(stream.native_handle(), target.host);
        made = std::make_shared<Connection<TlsStream>>(io, inbox, std::move(target), options,
                                                       std::move(stream));
    }
    return made;
}

}  // namespace fz::slowpath
