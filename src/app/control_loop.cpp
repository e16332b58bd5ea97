#include "app/control_loop.h"

#include <poll.h>

#include <cerrno>

#include "base/log.h"
#include "os/clock.h"

namespace fz::app {
namespace {

/// All that can be out at once: both sockets' batches, the TUN's, and as much again in answers.
constexpr std::size_t kFrames = 8 * dataplane::kBatchSize;
constexpr Duration kFlushLimit = 1s;
/// How long a full socket buffer may hold up the tick before its datagrams are dropped.
constexpr int kFullSocketWaitMs = 1;

}  // namespace

ControlLoop::ControlLoop(slowpath::EventLoop& loop, tunnel::Endpoint& endpoint,
                         slowpath::PortalLink& portal, Doors doors, os::TerminationSignals& signals,
                         Configure configure)
    : loop_(loop),
      endpoint_(endpoint),
      portal_(portal),
      doors_(doors),
      signals_(signals),
      configure_(std::move(configure)),
      frames_(kFrames) {
    if (doors_.udp_v4 != nullptr) udp_v4_source_ = loop_.watch_readable(doors_.udp_v4->fd());
    if (doors_.udp_v6 != nullptr) udp_v6_source_ = loop_.watch_readable(doors_.udp_v6->fd());
    tun_source_ = loop_.watch_readable(doors_.tun->fd());
    signal_source_ = loop_.watch_readable(signals_.fd());
}

ControlLoop::~ControlLoop() {
    if (doors_.udp_v4 != nullptr) loop_.remove(udp_v4_source_);
    if (doors_.udp_v6 != nullptr) loop_.remove(udp_v6_source_);
    loop_.remove(tun_source_);
    loop_.remove(signal_source_);
}

Expected<void> ControlLoop::run() {
    portal_.start(os::read_clocks());
    while (ending_ != Ending::now) {
        loop_.wait(next_deadline());
        const Now now = os::read_clocks();
        TickReport report = tick(now);
        if (ending_ == Ending::no && portal_.fatal())
            begin_ending(now, Error(*portal_.fatal()), report);
        for (const IoError& error : report.errors) errors_.add(error);
        if (end_at_ && (portal_.is_closed() || *end_at_ <= now.instant)) ending_ = Ending::now;
    }
    if (failure_) return Unexpected{*failure_};
    return {};
}

TickReport ControlLoop::tick(Now now) {
    TickReport report;
    read_signals(now, report);
    read_socket(doors_.udp_v4, udp_v4_source_, now, report);
    read_socket(doors_.udp_v6, udp_v6_source_, now, report);
    read_tun(now, report);
    read_portal(now, report);
    run_timers(now, report);
    flush(now, report);
    endpoint_.quiet_point();
    return report;
}

std::optional<Instant> ControlLoop::next_deadline() const {
    return earlier(end_at_, earlier(endpoint_.poll_timeout(), portal_.poll_timeout()));
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

void ControlLoop::read_socket(slowpath::UdpSocket* socket, slowpath::SourceId source, Now now,
                              TickReport& report) {
    if (socket == nullptr || !loop_.is_ready(source)) return;
    dataplane::DatagramBatch datagrams;
    const slowpath::ReceiveReport received = socket->receive(frames_, datagrams);
    for (const int error : received.errors) report.errors.push_back({Door::udp_receive, error});
    if (received.drained) loop_.drained(source);
    auto& count = endpoint_.counters().to_resource;
    count.lost_at_door(dataplane::Drop::oversized, received.oversized);
    count.lost_at_door(dataplane::Drop::unaddressed, received.unaddressed);
    report.datagrams += datagrams.size();

    dataplane::Output output;
    endpoint_.ingress(datagrams, now, output);
    endpoint_.handle_control(output, now);
    write_tun(output, report);
    send(output, report);
}

void ControlLoop::read_tun(Now now, TickReport& report) {
    if (!loop_.is_ready(tun_source_)) return;
    packet::Batch packets;
    const tun::ReadReport read = doors_.tun->read_batch(frames_, packets, kPacketsPerTick);
    if (read.error != 0) report.errors.push_back({Door::tun_read, read.error});
    if (read.drained || read.error != 0) loop_.drained(tun_source_);
    endpoint_.counters().to_client.lost_at_door(dataplane::Drop::malformed_outer,
                                                read.oversized + read.malformed);
    report.packets += packets.size();

    dataplane::Output output;
    endpoint_.egress(packets, now, output);
    endpoint_.handle_control(output, now);
    for (std::size_t lost = send(output, report); lost > 0; --lost)
        endpoint_.counters().to_client.refused(dataplane::Drop::socket_refused, 0);
}

void ControlLoop::read_portal(Now now, TickReport& report) {
    if (portal_.is_ready(loop_))
        report.portal_events += portal_.handle_ready(kPortalEventsPerTick, now);
    while (auto message = portal_.poll_message())
        if (ending_ == Ending::no) endpoint_.handle_portal(std::move(*message), now);
}

void ControlLoop::run_timers(Now now, TickReport& report) {
    if (const auto due = portal_.poll_timeout(); due && *due <= now.instant)
        portal_.handle_timeout(now);
    if (const auto due = endpoint_.poll_timeout(); due && *due <= now.instant) {
        report.timers = true;
        endpoint_.handle_timeout(now);
    }
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
    std::vector<wire::Transmit> transmits;
    while (auto transmit = endpoint_.poll_transmit()) transmits.push_back(std::move(*transmit));
    std::vector<slowpath::OutgoingView> v4, v6;
    for (const wire::Transmit& transmit : transmits)
        (transmit.dst.ip.is_v4() ? v4 : v6).push_back(slowpath::view_of(transmit));
    send_to(doors_.udp_v4, v4, report);
    send_to(doors_.udp_v6, v6, report);
}

void ControlLoop::write_tun(dataplane::Output& output, TickReport& report) {
    for (const packet::Packet& packet : output.to_tun) {
        const int error = doors_.tun->write(packet.bytes());
        if (error == 0) continue;
        report.errors.push_back({Door::tun_write, error});
        endpoint_.counters().to_resource.refused(dataplane::Drop::tun_refused, packet.size());
    }
    output.to_tun.clear();
}

std::size_t ControlLoop::send(dataplane::Output& output, TickReport& report) {
    std::vector<slowpath::OutgoingView> v4, v6;
    for (const dataplane::Outgoing& datagram : output.to_network)
        (datagram.destination.ip.is_v4() ? v4 : v6).push_back(slowpath::view_of(datagram));
    const std::size_t lost =
        send_to(doors_.udp_v4, v4, report) + send_to(doors_.udp_v6, v6, report);
    output.to_network.clear();
    return lost;
}

std::size_t ControlLoop::send_to(slowpath::UdpSocket* socket,
                                 std::span<const slowpath::OutgoingView> datagrams,
                                 TickReport& report) {
    if (socket == nullptr) {
        report.errors.insert(report.errors.end(), datagrams.size(), {Door::udp_send, ENETUNREACH});
        return datagrams.size();
    }
    std::size_t lost = 0;
    for (int attempt = 0; !datagrams.empty() && attempt < 2; ++attempt) {
        if (attempt > 0) {
            pollfd room{.fd = socket->fd(), .events = POLLOUT, .revents = 0};
            ::poll(&room, 1, kFullSocketWaitMs);
        }
        const slowpath::SendReport sent = socket->send(datagrams);
        for (const auto& [index, error] : sent.errors)
            report.errors.push_back({Door::udp_send, error});
        lost += sent.errors.size();
        datagrams = datagrams.subspan(sent.handled);
    }
    report.errors.insert(report.errors.end(), datagrams.size(), {Door::udp_send, EAGAIN});
    return lost + datagrams.size();
}

}  // namespace fz::app
