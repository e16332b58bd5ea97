#include "app/control_loop.h"

#include <poll.h>

#include <array>
#include <cerrno>

#include "app/commands.h"
#include "app/observer.h"
#include "base/log.h"
#include "doors/doorkeeper.h"
#include "os/clock.h"
#include "slowpath/http_server.h"
#include "worker/quiet_points.h"

namespace fz::app {
namespace {

constexpr Duration kFlushLimit = 1s;  ///< for the goodbyes to leave
/// How long a full socket buffer may hold up the tick before a datagram is dropped.
constexpr int kFullSocketWaitMs = 1;

}  // namespace

ControlLoop::ControlLoop(slowpath::EventLoop& loop, tunnel::Endpoint& endpoint,
                         slowpath::PortalLink& portal, Mail mail, Senders senders,
                         os::TerminationSignals& signals, Configure configure, Entrance entrance)
    : loop_(loop),
      endpoint_(endpoint),
      portal_(portal),
      mail_(std::move(mail)),
      senders_(senders),
      signals_(signals),
      configure_(std::move(configure)),
      entrance_(std::move(entrance)) {
    mail_source_ = loop_.watch_readable(mail_.doorbell->fd());
    signal_source_ = loop_.watch_readable(signals_.fd());
    if (entrance_.commands != nullptr)
        command_source_ = loop_.watch_readable(entrance_.commands->fd());
    if (entrance_.keeper != nullptr) host_source_ = loop_.watch_readable(entrance_.keeper->fd());
}

ControlLoop::~ControlLoop() {
    loop_.remove(mail_source_);
    loop_.remove(signal_source_);
    if (command_source_) loop_.remove(*command_source_);
    if (host_source_) loop_.remove(*host_source_);
}

Expected<void> ControlLoop::run() {
    portal_.start(os::read_clocks());
    while (ending_ != Ending::now) {
        loop_.wait(next_deadline());
        const Now now = os::read_clocks();
        TickReport report = tick(now);
        if (ending_ == Ending::no && portal_.fatal())
            begin_ending(now, Error(*portal_.fatal()), report);
        for (const IoError& error : report.errors) errors_.add(error, now.instant);
        if (end_at_ && (portal_.is_closed() || *end_at_ <= now.instant)) ending_ = Ending::now;
    }
    if (failure_) return Unexpected{*failure_};
    return {};
}

TickReport ControlLoop::tick(Now now) {
    TickReport report;
    read_signals(now, report);
    read_mail(now, report);
    read_portal(now, report);
    read_host(now);
    read_commands(now);
    serve_http();
    run_timers(now, report);
    flush(now, report);
    reclaim();
    return report;
}

std::optional<Instant> ControlLoop::next_deadline() const {
    const auto due = earlier(endpoint_.poll_timeout(), portal_.poll_timeout());
    const auto look = entrance_.keeper != nullptr ? entrance_.keeper->poll_timeout() : std::nullopt;
    const auto tell = entrance_.observer != nullptr
                          ? std::optional(entrance_.observer->poll_timeout())
                          : std::nullopt;
    return earlier(earlier(end_at_, earlier(look, tell)), earlier(mail_round_, due));
}

void ControlLoop::read_signals(Now now, TickReport& report) {
    if (!loop_.is_ready(signal_source_)) return;
    while (signals_.poll()) {
        if (ending_ == Ending::no) {
            FZ_LOG(info, "ending on a signal");
            begin_ending(now, std::nullopt, report);
        } else {
            ending_ = Ending::now;
        }
    }
    loop_.drained(signal_source_);
}

void ControlLoop::begin_ending(Now now, std::optional<Error> reason, TickReport& report) {
    failure_ = std::move(reason);
    endpoint_.shut_down(now);
    flush(now, report);
    portal_.close(now);
    ending_ = Ending::flushing;
    // The goodbyes are out; what is left is the Close frame, when there is a connection.
    end_at_ = now.instant + kFlushLimit;
}

void ControlLoop::read_mail(Now now, TickReport& report) {
    if (loop_.is_ready(mail_source_)) mail_.doorbell->answer();
    bool more = false;
    for (worker::Mailbox* box : mail_.boxes) more |= read_box(*box, now, report);
    loop_.drained(mail_source_);
    mail_round_.reset();
    if (more) {
        mail_round_ = now.instant;
        return;
    }
    if (report.active_peers > 0) {
        mail_round_ = now.instant + worker::Doorbell::kRound;
        return;
    }
    mail_.doorbell->doze();
    // What was posted before that rang for nobody.
    for (worker::Mailbox* box : mail_.boxes)
        if (box->active.front() != nullptr) mail_round_ = now.instant + worker::Doorbell::kRound;
}

bool ControlLoop::read_box(worker::Mailbox& box, Now now, TickReport& report) {
    // Activity first: a session that was confirmed is known before what else the peer sent.
    std::size_t active = 0;
    for (; active < kActivePerTick; ++active) {
        const std::uint32_t* slot = box.active.front();
        if (slot == nullptr) break;
        endpoint_.handle_activity(*slot, now);
        box.active.pop();
    }
    std::size_t datagrams = 0;
    for (; datagrams < kDatagramsPerTick; ++datagrams) {
        const worker::DatagramMail* mail = box.datagrams.front();
        if (mail == nullptr) break;
        endpoint_.handle_datagram({mail->bytes.view(), mail->source, mail->local}, now);
        box.datagrams.pop();
    }
    while (const worker::PacketMail* mail = box.packets.front()) {
        endpoint_.handle_packet({mail->bytes.view(), mail->slot}, now);
        box.packets.pop();
    }
    while (const worker::IoError* error = box.errors.front()) {
        report.errors.push_back(*error);
        box.errors.pop();
    }
    report.active_peers += active;
    report.datagrams += datagrams;
    return active == kActivePerTick || datagrams == kDatagramsPerTick;
}

void ControlLoop::read_portal(Now now, TickReport& report) {
    if (portal_.is_ready(loop_))
        report.portal_events += portal_.handle_ready(kPortalEventsPerTick, now);
    while (auto message = portal_.poll_message())
        if (ending_ == Ending::no) endpoint_.handle_portal(std::move(*message), now);
}

void ControlLoop::read_commands(Now now) {
    if (!command_source_ || !loop_.is_ready(*command_source_)) return;
    const Operated operated{entrance_.keeper, entrance_.observer, entrance_.roster};
    for (std::size_t i = 0; i < kCommandsPerTick; ++i) {
        const auto command = entrance_.commands->poll();
        if (!command) return loop_.drained(*command_source_);
        entrance_.commands->answer(*command, answer_command(*command, operated, now.instant));
    }
}

void ControlLoop::serve_http() {
    for (slowpath::HttpServer* server : entrance_.http)
        if (loop_.is_ready(server->source())) server->serve();
}

void ControlLoop::read_host(Now now) {
    if (!host_source_ || !loop_.is_ready(*host_source_)) return;
    entrance_.keeper->handle_readable(now.instant);
    loop_.drained(*host_source_);  // what it left makes it ready again
}

void ControlLoop::run_timers(Now now, TickReport& report) {
    if (const auto due = portal_.poll_timeout(); due && *due <= now.instant)
        portal_.handle_timeout(now);
    if (const auto due = endpoint_.poll_timeout(); due && *due <= now.instant) {
        report.timers = true;
        endpoint_.handle_timeout(now);
    }
    const auto is_due = [now](std::optional<Instant> due) { return due && *due <= now.instant; };
    if (entrance_.keeper != nullptr && is_due(entrance_.keeper->poll_timeout()))
        entrance_.keeper->handle_timeout(now.instant, endpoint_.relay_sockets());
    if (entrance_.observer != nullptr && is_due(entrance_.observer->poll_timeout()))
        entrance_.observer->handle_timeout(now.instant, errors_.total());
}

void ControlLoop::flush(Now now, TickReport& report) {
    while (auto message = endpoint_.poll_portal()) portal_.send(*message, now);
    while (auto request = endpoint_.poll_host()) {
        if (std::holds_alternative<tunnel::RedialPortal>(*request)) {
            portal_.redial(now);
        } else if (auto done = configure_(std::get<tunnel::ConfigureInterface>(*request)); !done) {
            begin_ending(now, std::move(done).error(), report);
            return;
        }
    }
    while (const auto transmit = endpoint_.poll_transmit()) send(*transmit, report);
}

void ControlLoop::send(const wire::Transmit& transmit, TickReport& report) {
    udp::UdpSocket* socket = transmit.dst.ip.is_v4() ? senders_.v4 : senders_.v6;
    if (socket == nullptr) {
        report.errors.push_back({worker::Door::udp_send, ENETUNREACH});
        return;
    }
    wire::OutgoingTrain one{.bytes = transmit.payload.view(),
                            .segment = transmit.payload.size(),
                            .source = transmit.src,
                            .destination = transmit.dst,
                            .ecn = transmit.ecn};
    std::span<wire::OutgoingTrain> train(&one, 1);
    for (int attempt = 0; !train.empty() && attempt < 2; ++attempt) {
        if (attempt > 0) {
            pollfd room{.fd = socket->fd(), .events = POLLOUT, .revents = 0};
            ::poll(&room, 1, kFullSocketWaitMs);
        }
        const udp::SendReport sent = socket->send(train);
        for (const ErrorCount& each : sent.errors)
            report.errors.push_back({worker::Door::udp_send, each.error, each.count});
    }
    if (!train.empty()) report.errors.push_back({worker::Door::udp_send, EAGAIN});
}

void ControlLoop::reclaim() {
    if (endpoint_.graveyard().size() == 0) return;
    worker::wait_for_quiet_points();
    endpoint_.graveyard().clear();
}

}  // namespace fz::app
