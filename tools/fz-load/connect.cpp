// The mode that only connects, and sees who is still there after a while.
#include "modes.h"
#include "os/clock.h"
#include "run_plan.h"

namespace fz::load {
namespace {

/// A gateway whose peers send nothing falls back to one check in 25 s.
constexpr Duration kLongestSilence = 27s;

}  // namespace

Expected<JsonObject> run_connect(const Options& options) {
    FZ_ASSIGN(const ConnectedFleet connected, connect_peers(options, 0, options.count));
    const Instant end = os::read_monotonic_clock() + options.seconds;
    while (os::read_monotonic_clock() < end) {
        connected.fleet->wait(10ms);
        connected.fleet->service();
    }
    JsonObject result;
    result.text("mode", "connect");
    connected.describe(result);
    result.count("alive", connected.fleet->heard_within(kLongestSilence));
    return result;
}

}  // namespace fz::load
