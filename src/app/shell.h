// Everything around an endpoint: sockets, TUN device, portal, event loop, in the order of start-up.
//
// The gateway and the lab's client differ in their endpoint and in the words of ShellRole; the
// shell is the same.
#pragma once

#include <string>

#include "app/config.h"
#include "base/expected.h"
#include "crypto/keys.h"
#include "crypto/random.h"
#include "os/host_network.h"
#include "portal/objects.h"
#include "tunnel/endpoint.h"
#include "tunnel/roster.h"

namespace fz::app {

struct ShellRole {
    portal::Role portal = portal::Role::gateway;
    os::Forwarding forwarding = os::Forwarding::on;
    std::string instance;  ///< the name that only one process per network namespace may hold
    std::string_view commands = {};  ///< where an operator's tool can ask it; empty: nowhere
    const tunnel::Roster* roster = nullptr;  ///< of whom it can ask there
};

/// Runs the endpoint until a signal ends it.
/// Errors: whatever the process cannot start or go on without, as one sentence; nothing half set up
/// is left behind.
[[nodiscard]] Expected<void> run(const Config& config, const std::string& token,
                                 const ShellRole& role, tunnel::Endpoint& endpoint,
                                 const crypto::PublicKey& public_key, crypto::Random& random);

}  // namespace fz::app
