#include "run_plan.h"

#include <algorithm>
#include <cstdio>

namespace fz::load {
namespace {

constexpr std::size_t kMaxSockets = 64;  ///< unless told otherwise

}  // namespace

void ConnectedFleet::describe(JsonObject& into) const {
    into.count("peers", fleet->size())
        .count("sockets", fleet->sockets())
        .number("connect_seconds", report.seconds)
        .number("authorize_seconds", report.authorize_seconds);
}

Expected<ConnectedFleet> connect_peers(const Options& options, std::size_t first,
                                       std::optional<std::size_t> count) {
    if (!options.gateway) return Unexpected{Error("--gateway is missing")};
    FZ_ASSIGN(const std::vector<Identity> identities, read_peers(options.peers_file));
    if (first + count.value_or(1) > identities.size())
        return Unexpected{Error("there are only " + std::to_string(identities.size()) +
                                " peers in " + options.peers_file)};
    const std::size_t size = count.value_or(identities.size() - first);
    if (size == 0) return Unexpected{Error("no peer to play")};
    const std::size_t sockets = std::min(options.sockets.value_or(kMaxSockets), size);
    ConnectedFleet connected;
    FZ_ASSIGN(connected.fleet,
              Fleet::open(std::span(identities).subspan(first, size), first,
                          std::max<std::size_t>(sockets, 1), *options.gateway,
                          options.verify ? ReceiveRoom::kWhole : ReceiveRoom::kHead));
    const PortalDoor portal(options.portal_socket);
    FZ_ASSIGN(connected.report, connected.fleet->connect(portal));
    std::fprintf(stderr, "fz-load: %zu peers connected in %.2f s\n", size,
                 connected.report.seconds);
    return connected;
}

Pace pace_of(const Options& options, std::uint64_t window) {
    return options.rate ? Pace::open(*options.rate) : Pace::closed(options.window.value_or(window));
}

}  // namespace fz::load
