#include "worker/worker.h"

#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <string>

#include "os/clock.h"
#include "worker/quiet_points.h"

namespace fz::worker {
namespace {

constexpr std::size_t kPacketsPerTurn = 64;  ///< from the TUN queue; super-packets count as one
/// How long a full socket may hold up its worker before datagrams are dropped: longer than the
/// queue of a network card takes to drain, short enough for control to wait for a quiet point.
constexpr int kFullSocketWaitMs = 10;
/// A wait that short has found something ready.
constexpr Duration kAtOnce = 2us;

std::uint64_t ns_of(Duration duration) noexcept {
    return static_cast<std::uint64_t>(duration.count());
}

}  // namespace

Expected<std::unique_ptr<Worker>> Worker::create(Doors doors, dataplane::PacketPath& path,
                                                 crypto::AeadProvider aead, Doorbell& doorbell) {
    FZ_ASSIGN(Readiness readiness, Readiness::create());
    os::UniqueFd stop(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!stop) return Unexpected{Error("cannot create an eventfd", errno)};
    FZ_TRY(readiness.watch(stop.get(), kStop));
    FZ_TRY(readiness.watch(doors.tun->fd(), kTun));
    if (doors.udp_v4 != nullptr) FZ_TRY(readiness.watch(doors.udp_v4->fd(), kUdpV4));
    if (doors.udp_v6 != nullptr) FZ_TRY(readiness.watch(doors.udp_v6->fd(), kUdpV6));
    return std::unique_ptr<Worker>(
        new Worker(doors, path, aead, doorbell, std::move(readiness), std::move(stop)));
}

Worker::Worker(Doors doors, dataplane::PacketPath& path, crypto::AeadProvider aead,
               Doorbell& doorbell, Readiness readiness, os::UniqueFd stop)
    : doors_(doors),
      path_(path),
      doorbell_(doorbell),
      readiness_(std::move(readiness)),
      stop_(std::move(stop)),
      lane_(std::make_unique<dataplane::Lane>(aead)) {}

void Worker::stop() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(stop_.get(), &one, sizeof one);
}

Expected<void> Worker::open_ring(fastpath::Xsk& ring) {
    for (std::size_t i = 0; i < kMaxRings; ++i) {
        if (rings_[i].load(std::memory_order_relaxed) != nullptr) continue;
        rings_[i].store(&ring, std::memory_order_release);
        auto watched = readiness_.watch(ring.fd(), kFirstRing + static_cast<unsigned>(i));
        if (!watched) rings_[i].store(nullptr, std::memory_order_relaxed);
        return watched;
    }
    return Unexpected{
        Error("a worker cannot serve more than " + std::to_string(kMaxRings) + " XDP sockets")};
}

void Worker::close_ring(const fastpath::Xsk& ring) noexcept {
    for (std::atomic<fastpath::Xsk*>& each : rings_) {
        if (each.load(std::memory_order_relaxed) != &ring) continue;
        readiness_.forget(ring.fd());
        each.store(nullptr, std::memory_order_relaxed);
        wait_for_quiet_points();
    }
}

void Worker::run() noexcept {
    const QuietPoints reader;
    for (;;) {
        const Readiness::Set ready = wait();
        if ((ready >> kStop & 1U) != 0) return;
        turn(ready);
    }
}

Readiness::Set Worker::wait() noexcept {
    // Also a quiet point when something is ready at once: cheaper than asking first.
    const QuietPoints::Offline offline;
    Instant begin = os::read_monotonic_clock();
    if (const Duration limit = linger_.look(); limit > Duration::zero()) {
        publish(begin);
        const Readiness::Set ready = look_for(limit, begin);
        linger_.looked(ready != 0);
        const Instant end = os::read_monotonic_clock();
        figures_.looking_ns += ns_of(end - begin);
        if (ready != 0) return ready;
        begin = end;
    }
    publish(begin);
    const Readiness::Set ready = readiness_.wait();
    const Duration slept = os::read_monotonic_clock() - begin;
    linger_.slept(slept);
    figures_.asleep_ns += ns_of(slept);
    figures_.sleeps += slept > kAtOnce;
    return ready;
}

Readiness::Set Worker::look_for(Duration limit, Instant begin) noexcept {
    Readiness::Set ready = 0;
    while (ready == 0 && os::read_monotonic_clock() - begin < limit) ready = readiness_.poll();
    return ready;
}

void Worker::publish(Instant now) noexcept {
    if (turn_began_) figures_.turn_us.add(ns_of(now - *turn_began_) / 1000);
    turn_began_.reset();
    if (page_ == nullptr) return;
    figures_.packets = lane_->counters;
    figures_.rests_since_ns = ns_of(now.time_since_epoch());
    figures_.cpu = static_cast<std::uint64_t>(::sched_getcpu());
    page_->store(figures_);
}

void Worker::turn(Readiness::Set ready) noexcept {
    const Instant now = os::read_monotonic_clock();
    turn_began_ = now;
    ++figures_.turns;
    if ((ready >> kUdpV4 & 1U) != 0) receive(*doors_.udp_v4, now);
    if ((ready >> kUdpV6 & 1U) != 0) receive(*doors_.udp_v6, now);
    for (Readiness::Set rest = ready >> kFirstRing; rest != 0; rest &= rest - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(rest));
        if (fastpath::Xsk* ring = rings_[i].load(std::memory_order_acquire)) receive(*ring, now);
    }
    if ((ready >> kTun & 1U) != 0) read_tun(now);
}

void Worker::receive(udp::UdpSocket& socket, Instant now) noexcept {
    udp::TrainBatch batch;
    const udp::ReceiveReport received = socket.receive(receive_buffer_, batch);
    dataplane::DirectionCounters& count = lane_->counters.to_resource;
    count.lost_at_door(dataplane::Drop::oversized, received.oversized);
    count.lost_at_door(dataplane::Drop::unaddressed, received.unaddressed);
    report(Door::udp_receive, received.errors);
    take({batch.data(), batch.size()}, now, figures_.from_sockets);
}

void Worker::receive(fastpath::Xsk& ring, Instant now) noexcept {
    fastpath::FrameBatch batch;
    const fastpath::FrameReport received = ring.receive(batch);
    dataplane::DirectionCounters& count = lane_->counters.to_resource;
    count.lost_at_door(dataplane::Drop::malformed_frame, received.malformed);
    count.lost_at_door(dataplane::Drop::ring_full, received.ring_full);
    count.lost_at_door(dataplane::Drop::ring_starved, received.ring_starved);
    figures_.buffers = received.buffers_left;
    figures_.buffers_wanted = received.buffers_wanted;
    take({batch.data(), batch.size()}, now, figures_.from_rings);
}

void Worker::take(std::span<wire::IncomingTrain> trains, Instant now,
                  telemetry::Intake& from) noexcept {
    if (trains.empty()) return;
    std::uint64_t packets = 0;
    for (const wire::IncomingTrain& train : trains) packets += train.count();
    ++from.batches;
    from.packets += packets;
    figures_.batch_sizes.add(packets);
    while (!trains.empty()) {
        path_.ingress(trains, now, *lane_);
        write_tun();
        hand_out(nullptr);  // ICMP answers: their loss is nobody's packet
    }
}

void Worker::read_tun(Instant now) noexcept {
    read_buffer_.clear();
    const tun::ReadReport read = doors_.tun->read(read_buffer_, kPacketsPerTurn);
    lane_->counters.to_client.lost_at_door(dataplane::Drop::malformed_outer, read.malformed);
    report(Door::tun_read, read.errors);
    if (read.gone) readiness_.forget(doors_.tun->fd());
    std::span<wire::SuperPacket> packets = read_buffer_.packets();
    figures_.from_tun.batches += !packets.empty();
    figures_.from_tun.packets += packets.size();
    while (!packets.empty()) {
        path_.egress(packets, now, *lane_);
        hand_out(&lane_->counters.to_client);
    }
}

void Worker::write_tun() noexcept {
    dataplane::Output& output = lane_->output;
    if (output.to_tun.empty()) return;
    const tun::WriteReport written =
        doors_.tun->write(std::span<const Bytes>(output.to_tun.data(), output.to_tun.size()));
    lane_->counters.to_resource.refused(dataplane::Drop::tun_refused, written.lost_packets,
                                        written.lost_bytes);
    figures_.tun_writes.writes += written.writes;
    figures_.tun_writes.packets += written.packets;
    figures_.tun_writes.replaced += written.replaced;
    figures_.tun_writes.refused += written.refused;
    report(Door::tun_write, written.errors);
}

void Worker::hand_out(dataplane::DirectionCounters* sender) noexcept {
    dataplane::Output& output = lane_->output;
    send(doors_.udp_v4, output.to_network.trains(wire::Family::v4), sender);
    send(doors_.udp_v6, output.to_network.trains(wire::Family::v6), sender);
    const Mailbox::Loss loss = mailbox_.post(output);
    lane_->counters.to_resource.refused(dataplane::Drop::control_busy, loss.packets, loss.bytes);
    doorbell_.ring(output.urgency);
    output.clear();
}

void Worker::send(udp::UdpSocket* socket, std::span<wire::OutgoingTrain> trains,
                  dataplane::DirectionCounters* sender) noexcept {
    if (trains.empty()) return;
    udp::SendReport sent;
    for (int attempt = 0; socket != nullptr && !trains.empty() && attempt < 2; ++attempt) {
        if (attempt > 0) wait_for_room(*socket);
        const udp::SendReport more = socket->send(trains);
        sent.lost_datagrams += more.lost_datagrams;
        sent.lost_bytes += more.lost_bytes;
        report(Door::udp_send, more.errors);
    }
    ErrorTally left;
    for (const wire::OutgoingTrain& train : trains) {
        sent.lost_datagrams += train.count();
        sent.lost_bytes += train.bytes.size();
        left.add(socket == nullptr ? ENETUNREACH : EAGAIN, train.count());
    }
    report(Door::udp_send, left);
    if (sender != nullptr)
        sender->refused(dataplane::Drop::socket_refused, sent.lost_datagrams, sent.lost_bytes);
}

void Worker::wait_for_room(udp::UdpSocket& socket) noexcept {
    pollfd room{.fd = socket.fd(), .events = POLLOUT, .revents = 0};
    ::poll(&room, 1, kFullSocketWaitMs);
}

void Worker::report(Door door, const ErrorTally& errors) noexcept {
    for (const ErrorCount& each : errors) {
        mailbox_.post(IoError{door, each.error, each.count});
        lane_->output.raise(dataplane::Urgency::soon);
    }
}

}  // namespace fz::worker
