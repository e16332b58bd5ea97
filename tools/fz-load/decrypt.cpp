// The mode that sends to the resource: how fast the gateway decrypts.
#include "modes.h"
#include "run_plan.h"
#include "uplink.h"

namespace fz::load {

Expected<JsonObject> run_decrypt(const Options& options) {
    FZ_ASSIGN(const ConnectedFleet connected, connect_peers(options, 0, options.count));
    FZ_ASSIGN(const auto uplink,
              Uplink::open(*connected.fleet, options, pace_of(options, kUplinkWindow)));
    CpuWatch watch(options);
    FZ_TRY(uplink->run(options.seconds, watch));
    JsonObject result;
    result.text("mode", "decrypt").text("case", name_of(options.traffic));
    connected.describe(result);
    uplink->describe(result);
    watch.describe(result);
    return result;
}

}  // namespace fz::load
