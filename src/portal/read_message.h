// From an event's name and payload to the message of one role. Internal to portal/.
#pragma once

#include <optional>
#include <string_view>

#include "portal/json.h"
#include "portal/messages.h"

namespace fz::portal {

/// Nothing for an unknown event. With trouble the message is incomplete and must not be used.
[[nodiscard]] std::optional<GatewayIngress> read_gateway_message(std::string_view event,
                                                                 const Json& payload,
                                                                 Trouble& trouble);
[[nodiscard]] std::optional<ClientIngress> read_client_message(std::string_view event,
                                                               const Json& payload,
                                                               Trouble& trouble);

}  // namespace fz::portal
