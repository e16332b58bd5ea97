// The mode that measures round trips, one at a time, of an idle gateway or of one at work.
#include <sched.h>

#include <thread>

#include "echo_way.h"
#include "modes.h"
#include "os/clock.h"
#include "percentiles.h"
#include "run_plan.h"
#include "uplink.h"

namespace fz::load {
namespace {

constexpr double kRate = 200;              ///< echo requests per second
constexpr Duration kAnswerLimit = 1s;      ///< later answers are none
constexpr std::uint64_t kGiveUpAfter = 5;  ///< unanswered requests in a row
constexpr Duration kWarmUp = 200ms;        ///< neighbours, conntrack and caches get to know us
constexpr std::uint16_t kIdentifier = 0x4c46;

/// Before all other threads of this processor: the round trip is the gateway's, not our
/// scheduler's.
void take_precedence() {
    sched_param priority{};
    priority.sched_priority = 10;
    if (::sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
        std::fprintf(stderr, "fz-load: no real-time priority, round trips include our waiting\n");
}

void sleep_until(Instant when, EchoWay& way) {
    way.service();
    const Duration left = when - os::read_monotonic_clock();
    if (left > Duration::zero()) std::this_thread::sleep_for(left);
}

/// One round trip; nothing if it was not answered.
std::optional<Duration> measure(EchoWay& way, const Echo& echo) {
    way.prepare(echo);
    const Instant begin = os::read_monotonic_clock();
    way.send();
    for (Instant now = begin; now - begin < kAnswerLimit;) {
        const bool received = way.receive(kAnswerLimit - (now - begin));
        now = os::read_monotonic_clock();
        if (received && way.read() == echo) return now - begin;
    }
    return std::nullopt;
}

struct RoundTrips {
    std::uint64_t sent = 0;
    Percentiles times;
};

/// `load` may be null; round trips count only if it flows from their beginning to their end.
RoundTrips measure_all(EchoWay& way, const Options& options, const Uplink* load) {
    take_precedence();
    RoundTrips trips;
    const auto pause = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(1 / options.rate.value_or(kRate)));
    const Instant begin = os::read_monotonic_clock();
    std::uint16_t sequence = 0;
    std::uint64_t unanswered_in_a_row = 0;
    for (Instant next = begin; next - begin < options.seconds + kWarmUp; next += pause) {
        sleep_until(next, way);
        const bool warm = os::read_monotonic_clock() - begin >= kWarmUp;
        const bool flowed = load == nullptr || load->flowing();
        const auto took = measure(way, {kIdentifier, ++sequence});
        unanswered_in_a_row = took ? 0 : unanswered_in_a_row + 1;
        if (unanswered_in_a_row == kGiveUpAfter) break;
        next = std::max(next, os::read_monotonic_clock() - pause);  // no crowd after a late answer
        if (!warm || !flowed || (load != nullptr && !load->flowing())) continue;
        ++trips.sent;
        if (took) trips.times.add(*took);
    }
    return trips;
}

void describe(RoundTrips& trips, bool plain, JsonObject& into) {
    into.text("mode", "latency")
        .flag("plain", plain)
        .count("sent", trips.sent)
        .count("answered", trips.times.size());
    trips.times.describe(into);
}

/// The first peer's round trips while the others keep the gateway at work.
Expected<JsonObject> run_loaded(const Options& options, EchoWay& way) {
    FZ_ASSIGN(const ConnectedFleet others, connect_peers(options, 1, 1));
    const double bits = 8.0 * static_cast<double>(packet_size(options.traffic));
    FZ_ASSIGN(const auto load,
              Uplink::open(*others.fleet, options, Pace::open(*options.load_gbit * 1e9 / bits)));
    CpuWatch watch(options);
    Expected<void> ended;
    std::thread sender([&] { ended = load->run(24h, watch); });
    RoundTrips trips = measure_all(way, options, load.get());
    load->stop();
    sender.join();
    FZ_TRY(ended);
    JsonObject traffic;
    load->describe(traffic);
    watch.describe(traffic);
    JsonObject result;
    describe(trips, false, result);
    result.raw("load", traffic.str());
    return result;
}

}  // namespace

Expected<JsonObject> run_latency(const Options& options) {
    if (!options.target) return Unexpected{Error("--target is missing")};
    JsonObject result;
    if (options.plain) {
        FZ_ASSIGN(const auto way, plain_way(*options.target));
        RoundTrips trips = measure_all(*way, options, nullptr);
        describe(trips, true, result);
        result.raw("load", "null");
        return result;
    }
    FZ_ASSIGN(const ConnectedFleet first, connect_peers(options, 0, 1));
    const auto way = through_tunnel(*first.fleet, *options.target);
    if (options.load_gbit) return run_loaded(options, *way);
    RoundTrips trips = measure_all(*way, options, nullptr);
    describe(trips, false, result);
    result.raw("load", "null");
    return result;
}

}  // namespace fz::load
