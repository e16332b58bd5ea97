// The control thread: one tick reads every source, hands all of it over, and flushes what came out.
//
// Each source has its own bound per tick, so a flooded one cannot keep another from its turn, and
// what it leaves unread makes the next tick come at once. Errors never end a tick: they are
// collected, the rest is processed, and then every one of them is counted and reported.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "app/io_errors.h"
#include "os/signals.h"
#include "packet/frame_pool.h"
#include "slowpath/event_loop.h"
#include "slowpath/portal_link.h"
#include "slowpath/udp_socket.h"
#include "tun/tun_device.h"
#include "tunnel/endpoint.h"

namespace fz::app {

/// At least one socket; all of them outlive the loop.
struct Doors {
    slowpath::UdpSocket* udp_v4 = nullptr;
    slowpath::UdpSocket* udp_v6 = nullptr;
    tun::TunQueue* tun = nullptr;
};

/// Most that one tick takes from one source.
inline constexpr std::size_t kDatagramsPerTick = dataplane::kBatchSize;  ///< per family
inline constexpr std::size_t kPacketsPerTick = packet::kBatchSize;
inline constexpr std::size_t kPortalEventsPerTick = 32;

/// What one tick took in.
struct TickReport {
    std::size_t datagrams = 0;
    std::size_t packets = 0;
    std::size_t portal_events = 0;
    bool timers = false;  ///< a deadline of the endpoint was due
    std::vector<IoError> errors;
};

class ControlLoop {
  public:
    /// Applies addresses and routes to the TUN device; an error ends the process.
    using Configure = std::function<Expected<void>(const tunnel::ConfigureInterface&)>;

    ControlLoop(slowpath::EventLoop& loop, tunnel::Endpoint& endpoint, slowpath::PortalLink& portal,
                Doors doors, os::TerminationSignals& signals, Configure configure);
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
    void read_socket(slowpath::UdpSocket* socket, slowpath::SourceId source, Now now,
                     TickReport& report);
    void read_tun(Now now, TickReport& report);
    void read_portal(Now now, TickReport& report);
    void run_timers(Now now, TickReport& report);
    void flush(Now now, TickReport& report);
    void write_tun(dataplane::Output& output, TickReport& report);
    /// Both return how many datagrams were lost.
    std::size_t send(dataplane::Output& output, TickReport& report);
    std::size_t send_to(slowpath::UdpSocket* socket,
                        std::span<const slowpath::OutgoingView> datagrams, TickReport& report);
    void begin_ending(Now now, std::optional<Error> reason, TickReport& report);

    slowpath::EventLoop& loop_;
    tunnel::Endpoint& endpoint_;
    slowpath::PortalLink& portal_;
    Doors doors_;
    os::TerminationSignals& signals_;
    Configure configure_;

    packet::FramePool frames_;
    slowpath::SourceId udp_v4_source_{};
    slowpath::SourceId udp_v6_source_{};
    slowpath::SourceId tun_source_{};
    slowpath::SourceId signal_source_{};

    IoErrors errors_;
    Ending ending_ = Ending::no;
    std::optional<Instant> end_at_;
    std::optional<Error> failure_;
};

}  // namespace fz::app
