#include "dataplane/gateway_path.h"

#include "dataplane/egress.h"
#include "dataplane/ingress.h"

namespace fz::dataplane {

void GatewayPath::ingress(std::span<wire::IncomingTrain>& trains, Instant now,
                          Lane& lane) noexcept {
    dataplane::ingress(trains, directory_, now, lane);
}

void GatewayPath::egress(std::span<wire::SuperPacket>& packets, Instant now, Lane& lane) noexcept {
    dataplane::egress(packets, router_, now, lane);
}

}  // namespace fz::dataplane
