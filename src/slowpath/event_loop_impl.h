// What the parts of this folder share: the ring. Private, because it includes Asio.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "os/unique_fd.h"
#include "slowpath/event_loop.h"

namespace fz::slowpath {

struct EventLoop::Impl {
    /// A source; with a descriptor, it shares ownership with its pending poll. Asio must not see
    /// an I/O object destroyed under a pending request: it would hand the slot to the next object.
    struct Watch {
        std::optional<boost::asio::posix::stream_descriptor> descriptor;
        bool ready = false;
        bool removed = false;

        ~Watch() {
            if (descriptor) descriptor->release();  // it belongs to who watches it
        }
    };

    explicit Impl(os::UniqueFd timer);

    SourceId add(std::shared_ptr<Watch> watch);
    void poll_once(std::shared_ptr<Watch> watch);
    void set_ready(Watch& watch) noexcept;
    void set_timer(std::optional<Instant> deadline);

    boost::asio::io_context io{1};
    /// Keeps `io` from stopping in the moment when every source is ready and none is polled for.
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
        io.get_executor()};
    std::vector<std::shared_ptr<Watch>> watches;  ///< by SourceId; empty: free
    std::size_t ready_count = 0;

    os::UniqueFd timer_fd;
    SourceId timer{};
    std::optional<Instant> timer_set_to;
};

}  // namespace fz::slowpath
