// One attempt to reach the portal and the connection it became. Private, because it includes Asio.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <memory>
#include <string>

#include "base/expected.h"
#include "slowpath/event_loop.h"
#include "slowpath/portal_transport.h"

namespace fz::slowpath {

/// Where a connection leaves its events for the owner of the transport.
struct PortalInbox {
    EventLoop& loop;
    SourceId source;
    std::deque<PortalEvent> events{};

    void push(PortalEvent event) {
        events.push_back(std::move(event));
        loop.raise(source);
    }
};

/// Lives as long as one of its requests is pending; `abandon` cuts it off from the inbox and lets
/// those requests fail.
class PortalConnection {
  public:
    virtual ~PortalConnection() = default;

    virtual void start() = 0;
    virtual PortalTransport::Queued send(std::string frame) = 0;
    virtual void close() = 0;
    virtual void abandon() = 0;
    /// The inbox has room again.
    virtual void resume_reading() = 0;
};

/// Errors: the trust anchors of a `wss` target cannot be loaded.
[[nodiscard]] Expected<std::shared_ptr<PortalConnection>> make_portal_connection(
    boost::asio::io_context& io, PortalInbox& inbox, PortalTarget target,
    const PortalTransportOptions& options);

}  // namespace fz::slowpath
