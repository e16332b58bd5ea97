#include "downlink.h"

#include <algorithm>

#include "os/clock.h"

namespace fz::load {
namespace {

constexpr Duration kSpin = 100us;         ///< before sleeping until something arrives
constexpr Duration kLostAfter = 200ms;    ///< without any arrival
constexpr Duration kKeepaliveEvery = 5s;  ///< a gateway that hears nothing for 15 s handshakes

double seconds_of(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

Expected<Downlink> Downlink::open(Fleet& fleet, const Options& options, Pace pace) {
    FZ_ASSIGN(Injector injector, Injector::open(options.far_end));
    return Downlink(fleet, std::move(injector), options, pace);
}

Downlink::Downlink(Fleet& fleet, Injector injector, const Options& options, Pace pace)
    : fleet_(fleet),
      injector_(std::move(injector)),
      traffic_(options.traffic),
      per_turn_(std::min(options.per_peer.value_or(fleet.size() == 1 ? SIZE_MAX : 1),
                         Injector::max_segments(options.traffic))),
      pace_(pace),
      watch_(fleet.size(), traffic_,
             options.verify ? SessionWatch::Content::compared : SessionWatch::Content::ignored) {
    for (std::size_t i = 0; i < flows_per_peer(traffic_); ++i)
        for (std::size_t peer = 0; peer < fleet.size(); ++peer) {
            const auto port = static_cast<std::uint16_t>(kFirstFlowPort + i);
            flows_.push_back({FlowTemplate(traffic_, {options.far_end.address, port},
                                           {fleet.peer(peer).identity.ipv4, port})});
        }
}

void Downlink::run(Duration seconds, CpuWatch& cpu) {
    cpu.begin();
    const Instant begin = os::read_monotonic_clock();
    Instant now = begin;
    Instant keepalive_at = begin + kKeepaliveEvery;
    arrived_at_ = begin;
    pace_.start(begin);
    while (now - begin < seconds) {
        const bool arrived = drain(now);
        if (!inject(pace_.allowance(1, now)) && !arrived) idle(now);
        if (now >= keepalive_at) {
            fleet_.send_keepalives();
            keepalive_at = now + kKeepaliveEvery;
        }
        now = os::read_monotonic_clock();
    }
    sending_seconds_ += seconds_of(now - begin);
    while (pace_.in_flight() > 0 && now - arrived_at_ < kLostAfter) {
        drain(now);
        now = os::read_monotonic_clock();
    }
    cpu.end();
    tally_.seconds += seconds_of(std::max(arrived_at_, begin) - begin);
}

bool Downlink::inject(std::uint64_t allowance) {
    // A super-packet leaves whole, or not yet.
    std::uint64_t packets = 0;
    while (packets + per_turn_ <= allowance) {
        Flow& flow = flows_[next_flow_];
        if (!injector_.add(flow.packets, flow.next, per_turn_)) break;
        flow.next += per_turn_;
        packets += per_turn_;
        next_flow_ = (next_flow_ + 1) % flows_.size();
    }
    if (packets == 0) return false;
    tally_.sent += packets;
    pace_.sent(packets);
    tally_.refused += injector_.flush();
    return true;
}

bool Downlink::drain(Instant now) {
    const std::uint64_t before = watch_.arrivals().packets;
    fleet_.service([this](LoadPeer& peer, const Received& run) { watch_.arrived(peer, run); });
    const std::uint64_t arrived = watch_.arrivals().packets - before;
    if (arrived == 0) return false;
    pace_.arrived(arrived);
    arrived_at_ = now;
    return true;
}

void Downlink::idle(Instant now) {
    if (!pace_.is_closed()) return;
    const Duration silent = now - arrived_at_;
    if (silent > kLostAfter) {
        pace_.write_off();
        ++tally_.stalls;
        arrived_at_ = now;
    } else if (silent > kSpin) {
        fleet_.wait(1ms);
    }
}

void Downlink::describe(JsonObject& into) const {
    tally_.describe(watch_.arrivals(), packet_size(traffic_), into);
    into.number("offered_pps", static_cast<double>(tally_.sent) / sending_seconds_);
}

}  // namespace fz::load
