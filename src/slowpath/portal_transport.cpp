#include "slowpath/portal_transport.h"

#include "slowpath/event_loop_impl.h"
#include "slowpath/portal_connection.h"

namespace fz::slowpath {

struct PortalTransport::Impl {
    Impl(EventLoop& event_loop, PortalTransportOptions transport_options)
        : loop(event_loop),
          options(std::move(transport_options)),
          inbox{event_loop, event_loop.add_source()} {}
    ~Impl() {
        abandon();
        loop.remove(inbox.source);
    }

    void abandon() {
        if (const auto old = std::exchange(connection, nullptr)) old->abandon();
    }

    EventLoop& loop;
    PortalTransportOptions options;
    PortalInbox inbox;
    std::shared_ptr<PortalConnection> connection;
};

PortalTransport::PortalTransport(EventLoop& loop, PortalTransportOptions options)
    : impl_(std::make_unique<Impl>(loop, std::move(options))) {}
PortalTransport::~PortalTransport() = default;

void PortalTransport::dial(PortalTarget target) {
    impl_->abandon();
    impl_->inbox.events.clear();
    auto made = make_portal_connection(impl_->loop.impl().io, impl_->inbox, std::move(target),
                                       impl_->options);
    if (!made) return impl_->inbox.push(PortalFailed{made.error().to_string()});
    impl_->connection = std::move(made).value();
    impl_->connection->start();
}

PortalTransport::Queued PortalTransport::send(std::string frame) {
    return impl_->connection ? impl_->connection->send(std::move(frame)) : Queued::not_connected;
}

void PortalTransport::close() {
    if (impl_->connection) impl_->connection->close();
}

std::optional<PortalEvent> PortalTransport::poll_event() {
    auto& events = impl_->inbox.events;
    if (events.empty()) {
        impl_->loop.drained(impl_->inbox.source);
        return std::nullopt;
    }
    PortalEvent event = std::move(events.front());
    events.pop_front();
    if (impl_->connection && events.size() < impl_->options.receive_queue_events)
        impl_->connection->resume_reading();
    return event;
}

SourceId PortalTransport::source() const noexcept { return impl_->inbox.source; }

}  // namespace fz::slowpath
