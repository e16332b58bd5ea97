// Every message between the portal and a device, in either role.
#pragma once

#include <variant>

#include "portal/client_messages.h"
#include "portal/gateway_messages.h"

namespace fz::portal {

/// A channel of one role only ever delivers that role's half.
using IngressMessage = std::variant<GatewayIngress, ClientIngress>;

/// A gateway never sends CreateFlow; a client never sends FlowAuthorized or ConnectionReady.
using EgressMessage = std::variant<FlowAuthorized, BroadcastIceCandidates,
                                   BroadcastInvalidatedIceCandidates, ConnectionReady, CreateFlow>;

}  // namespace fz::portal
