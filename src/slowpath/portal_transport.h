// The WebSocket to the portal: one connection at a time, its fate reported as polled values.
//
// It knows RFC 6455 and TLS, nothing of what the frames mean and nothing of when to dial again. A
// server that goes silent on an open connection is the owner's to notice, by its heartbeat.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "slowpath/event_loop.h"
#include "wire/ip_addr.h"

namespace fz::slowpath {

enum class PortalScheme { ws, wss };

struct PortalTarget {
    PortalScheme scheme = PortalScheme::wss;
    std::string host;  ///< for Host, SNI and the certificate; no brackets, no port
    std::uint16_t port = 443;
    std::string path_and_query;  ///< "/gateway/websocket?token=..."
    std::string user_agent;
    std::vector<wire::IpAddr> addresses;  ///< tried in turn
};

struct PortalTransportOptions {
    Duration tcp_limit = 5s;         ///< per address
    Duration handshake_limit = 15s;  ///< TLS and upgrade together
    Duration close_limit = 1s;       ///< from close(), or the server's Close frame, to the end
    std::uint32_t mark = 0;          ///< SO_MARK; 0 leaves the socket unmarked
    std::string ca_file;             ///< PEM; empty: the operating system's trust store
    std::size_t frame_limit_bytes = 16 * 1024 * 1024;
    std::size_t send_queue_frames = 1024;
    std::size_t receive_queue_events = 128;  ///< reading pauses above this
};

/// The upgrade was accepted.
struct PortalConnected {};
/// The server answered the upgrade with something else than 101.
struct PortalHttpRefused {
    unsigned status;
    std::string retry_after;  ///< the header's text, empty without it
    std::string body;
};
/// The server's certificate is not trusted, expired or for another host.
struct PortalInvalidCertificate {
    std::string reason;
};
/// No connection: refused, reset, timed out, not HTTP.
struct PortalFailed {
    std::string reason;
};
struct PortalText {
    std::string frame;
};
/// An established connection ended. Code 1006 (RFC 6455 7.4.1) if no Close frame came.
struct PortalClosed {
    std::uint16_t code;
    std::string reason;
};

using PortalEvent = std::variant<PortalConnected, PortalHttpRefused, PortalInvalidCertificate,
                                 PortalFailed, PortalText, PortalClosed>;

/// The loop outlives it. One dial yields PortalConnected, then texts, then PortalClosed; or exactly
/// one of PortalHttpRefused, PortalInvalidCertificate and PortalFailed. A new dial silently
/// abandons what the one before it left.
class PortalTransport {
  public:
    PortalTransport(EventLoop& loop, PortalTransportOptions options);
    ~PortalTransport();

    void dial(PortalTarget target);
    enum class Queued { yes, full, not_connected };
    /// Queues one text frame; a full queue means that the portal stopped reading.
    [[nodiscard]] Queued send(std::string frame);
    /// Sends what is queued, then a Close frame (1000); PortalClosed follows within close_limit.
    /// An attempt that is not yet connected is abandoned without an event.
    void close();

    /// The next event; nothing also marks the source as drained.
    [[nodiscard]] std::optional<PortalEvent> poll_event();
    [[nodiscard]] SourceId source() const noexcept;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace fz::slowpath
