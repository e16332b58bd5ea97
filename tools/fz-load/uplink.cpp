#include "uplink.h"

#include <algorithm>
#include <limits>
#include <thread>

#include "os/clock.h"

namespace fz::load {
namespace {

constexpr Duration kServiceEvery = 2ms;  ///< connectivity checks can wait so long
/// Before sleeping until something arrives; not at all beside a thread that puts frames on a cable.
constexpr Duration kSpin = 100us;
constexpr Duration kNap = 50us;            ///< of an open loop, beside such a thread
constexpr Duration kLostAfter = 200ms;     ///< without any arrival
constexpr Duration kOldestSession = 160s;  ///< before a gateway refuses it (WireGuard 6.1)

/// Frames of an open loop, half of what a veth's queue has room for. Between two calls to the
/// kernel nothing is sent, and nobody makes up for that with a burst; a closed loop's window is its
/// limit.
constexpr std::uint64_t kMostWaiting = 128;

double seconds_of(Duration duration) { return std::chrono::duration<double>(duration).count(); }

std::size_t chunk_bytes(const Options& options) { return options.chunk_mb << 20; }

/// Of the fleet's packets: by sockets, unless there is a cable to put frames on.
Expected<std::unique_ptr<Outlet>> open_outlet(Fleet& fleet, const Options& options,
                                              const Pace& pace) {
    if (options.injection.device.empty()) return open_socket_outlet(fleet, options.segment);
    const std::size_t datagram = SealedChunk::datagram_size(options.traffic);
    return open_frame_outlet(
        fleet, options.injection, *options.gateway, chunk_bytes(options) / datagram, datagram,
        pace.is_closed() ? std::numeric_limits<std::uint64_t>::max() : kMostWaiting);
}

Turns turns_of(const Options& options, const Fleet& fleet) {
    return {options.per_peer.value_or(fleet.size() == 1 ? kMaxTrainCount : 1), options.burst};
}

}  // namespace

Expected<std::unique_ptr<Uplink>> Uplink::open(Fleet& fleet, const Options& options, Pace pace) {
    const std::size_t flows = fleet.size() * flows_per_peer(options.traffic);
    if (flows > kMaxFlows)
        return Unexpected{Error("more than " + std::to_string(kMaxFlows) + " flows")};
    const auto detail = options.verify ? CaptureRing::Detail::whole : CaptureRing::Detail::headers;
    FZ_ASSIGN(Sink sink, Sink::open(options.far_end, options.traffic, flows, detail));
    FZ_ASSIGN(auto outlet, open_outlet(fleet, options, pace));
    return std::unique_ptr<Uplink>(new Uplink(fleet, std::move(sink), std::move(outlet), options,
                                              turns_of(options, fleet), pace));
}

Uplink::Uplink(Fleet& fleet, Sink sink, std::unique_ptr<Outlet> outlet, const Options& options,
               const Turns& turns, Pace pace)
    : fleet_(fleet),
      sink_(std::move(sink)),
      outlet_(std::move(outlet)),
      spin_(options.injection.device.empty() ? kSpin : Duration::zero()),
      traffic_(options.traffic),
      pace_(pace),
      chunk_(fleet, options.traffic, {options.far_end.address, kFirstFlowPort}, turns,
             chunk_bytes(options)) {}

Expected<void> Uplink::run(Duration seconds, CpuWatch& watch) {
    const Instant oldest = os::read_monotonic_clock() + kOldestSession;
    while (!stopped_ && seconds > Duration::zero()) {
        chunk_.refill();
        fleet_.service();
        if (os::read_monotonic_clock() > oldest)
            return Unexpected{Error("the sessions have become too old: measure fewer seconds")};
        outlet_->begin(chunk_.trains());
        watch.begin();
        flowing_ = true;
        const Instant begin = os::read_monotonic_clock();
        flow(seconds);
        flowing_ = false;
        watch.end();
        FZ_TRY(outlet_->end());
        const Duration took = std::max(arrived_at_, begin) - begin;
        tally_.seconds += seconds_of(took);
        seconds -= os::read_monotonic_clock() - begin;
    }
    tally_.sink_drops += sink_.take_drops();
    return {};
}

void Uplink::flow(Duration limit) {
    const Instant begin = os::read_monotonic_clock();
    std::span<const Train> rest = chunk_.trains();
    Instant now = begin;
    arrived_at_ = begin;
    pace_.start(begin);
    while (!rest.empty() && !stopped_ && now - begin < limit) {
        const bool arrived = drain(now);
        const auto batch = batch_of(rest, pace_.allowance(rest.front().count, now));
        if (!batch.empty()) {
            send(batch);
            rest = rest.subspan(batch.size());
        } else if (!arrived) {
            idle(now);
        }
        if (now - serviced_at_ > kServiceEvery) {
            fleet_.service();
            serviced_at_ = now;
        }
        now = os::read_monotonic_clock();
    }
    sending_seconds_ += seconds_of(now - begin);
    settle();
}

void Uplink::settle() {
    for (Instant now = os::read_monotonic_clock();
         pace_.in_flight() > 0 && now - arrived_at_ < kLostAfter; now = os::read_monotonic_clock())
        if (!drain(now)) fleet_.service();
    pace_.write_off();
}

std::span<const Train> Uplink::batch_of(std::span<const Train> trains,
                                        std::uint64_t allowance) noexcept {
    std::size_t count = 0;
    while (count < std::min(trains.size(), UdpPort::kBatch) &&
           trains[count].socket == trains.front().socket && trains[count].count <= allowance)
        allowance -= trains[count++].count;
    return trains.first(count);
}

void Uplink::send(std::span<const Train> batch) noexcept {
    for (const Train& train : batch) tally_.sent += train.count, pace_.sent(train.count);
    tally_.refused += outlet_->send(batch);
}

bool Uplink::drain(Instant now) noexcept {
    const std::uint64_t arrived = sink_.drain();
    if (arrived == 0) return false;
    pace_.arrived(arrived);
    arrived_at_ = now;
    return true;
}

void Uplink::idle(Instant now) noexcept {
    if (!pace_.is_closed()) {
        if (spin_ == Duration::zero()) std::this_thread::sleep_for(kNap);
        return;
    }
    const Duration silent = now - arrived_at_;
    if (silent > kLostAfter) {
        pace_.write_off();
        ++tally_.stalls;
        arrived_at_ = now;
    } else if (silent > spin_) {
        sink_.wait();
    }
}

void Uplink::describe(JsonObject& into) const {
    tally_.describe(sink_.arrivals(), packet_size(traffic_), into);
    into.number("offered_pps", static_cast<double>(tally_.sent) / sending_seconds_);
}

}  // namespace fz::load
