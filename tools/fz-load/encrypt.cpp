// The mode that sends from the resource: how fast the gateway encrypts.
#include "downlink.h"
#include "modes.h"
#include "run_plan.h"

namespace fz::load {

Expected<JsonObject> run_encrypt(const Options& options) {
    FZ_ASSIGN(const ConnectedFleet connected, connect_peers(options, 0, options.count));
    const Pace pace = pace_of(options, downlink_window(options.traffic));
    FZ_ASSIGN(Downlink downlink, Downlink::open(*connected.fleet, options, pace));
    CpuWatch watch(options);
    downlink.run(options.seconds, watch);
    JsonObject result;
    result.text("mode", "encrypt").text("case", name_of(options.traffic));
    connected.describe(result);
    downlink.describe(result);
    watch.describe(result);
    return result;
}

}  // namespace fz::load
