// The control thread: one tick reads every source, hands all of it over, and flushes what came out.
//
// Packets are the workers' (worker/); here arrives what they set aside. Each source has its own
// bound per tick, so a flooded one cannot keep another from its turn, and what it leaves unread
// makes the next tick come at once. Errors never end a tick: they are collected, the rest is
// processed, and then every one of them is counted and reported.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "app/io_errors.h"
#include "os/command_port.h"
#include "os/signals.h"
#include "slowpath/event_loop.h"
#include "slowpath/portal_link.h"
#include "tunnel/endpoint.h"
#include "udp/udp_socket.h"
#include "worker/doorbell.h"
#include "worker/mailbox.h"

namespace fz::doors {
class Doorkeeper;
}
namespace fz::slowpath {
class HttpServer;
}
namespace fz::tunnel {
class Roster;
}

namespace fz::app {

class Observer;

/// The control thread's own way out, for handshakes, STUN and TURN; at least one of them. They
/// share their port with the workers' sockets, on which the answers arrive.
struct Senders {
    udp::UdpSocket* v4 = nullptr;
    udp::UdpSocket* v6 = nullptr;
};

/// What the workers have for the control thread.
struct Mail {
    worker::Doorbell* doorbell;
    std::vector<worker::Mailbox*> boxes;
};

/// Who decides where packets come in, who tells others about it all, where operators and monitoring
/// can ask, and who knows the connected clients. None of them need be there.
struct Entrance {
    doors::Doorkeeper* keeper = nullptr;
    Observer* observer = nullptr;
    const os::CommandPort* commands = nullptr;
    const tunnel::Roster* roster = nullptr;
    std::vector<slowpath::HttpServer*> http = {};
};

/// Most that one tick takes from one source.
inline constexpr std::size_t kDatagramsPerTick = 64;  ///< per mailbox
inline constexpr std::size_t kActivePerTick = 1024;   ///< per mailbox
inline constexpr std::size_t kPortalEventsPerTick = 32;
inline constexpr std::size_t kCommandsPerTick = 4;

/// What one tick took in.
struct TickReport {
    std::size_t datagrams = 0;
    std::size_t active_peers = 0;
    std::size_t portal_events = 0;
    bool timers = false;  ///< a deadline of the endpoint was due
    std::vector<worker::IoError> errors;
};

class ControlLoop {
  public:
    /// Applies addresses and routes to the TUN device; an error ends the process.
    using Configure = std::function<Expected<void>(const tunnel::ConfigureInterface&)>;

    /// All arguments outlive the loop.
    ControlLoop(slowpath::EventLoop& loop, tunnel::Endpoint& endpoint, slowpath::PortalLink& portal,
                Mail mail, Senders senders, os::TerminationSignals& signals, Configure configure,
                Entrance entrance = {});
    ~ControlLoop();

    /// Runs until a signal ends it (0) or something without which the process is useless fails; the
    /// reason is then an Error. Says goodbye in both cases and flushes for at most a second.
    [[nodiscard]] Expected<void> run();

    /// One pass over all sources that are ready, without waiting.
    TickReport tick(Now now);
    /// Until when nothing has to be done unless something arrives.
    [[nodiscard]] std::optional<Instant> next_deadline() const;

    [[nodiscard]] const IoErrors& errors() const noexcept { return errors_; }

  private:
    enum class Ending : std::uint8_t { no, flushing, now };

    void read_signals(Now now, TickReport& report);
    void read_mail(Now now, TickReport& report);
    /// True if the bounds left something in the box.
    bool read_box(worker::Mailbox& box, Now now, TickReport& report);
    void read_portal(Now now, TickReport& report);
    void read_commands(Now now);
    void serve_http();
    void read_host(Now now);
    void run_timers(Now now, TickReport& report);
    void flush(Now now, TickReport& report);
    void send(const wire::Transmit& transmit, TickReport& report);
    void reclaim();
    void begin_ending(Now now, std::optional<Error> reason, TickReport& report);

    slowpath::EventLoop& loop_;
    tunnel::Endpoint& endpoint_;
    slowpath::PortalLink& portal_;
    Mail mail_;
    Senders senders_;
    os::TerminationSignals& signals_;
    Configure configure_;
    Entrance entrance_;

    slowpath::SourceId mail_source_{};
    slowpath::SourceId signal_source_{};
    std::optional<slowpath::SourceId> command_source_;
    std::optional<slowpath::SourceId> host_source_;

    IoErrors errors_;
    std::optional<Instant> mail_round_;  ///< when to look at the mail unasked
    Ending ending_ = Ending::no;
    std::optional<Instant> end_at_;
    std::optional<Error> failure_;
};

}  // namespace fz::app
