// A connected client as the gateway told it (app/peer_list.h), for a screen.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "base/time.h"

namespace fz::telemetry {

struct GrantReport {
    std::string name;
    std::string address;
    std::optional<UnixSeconds> expires_at;  ///< nothing: never
};

struct PeerReport {
    std::string id;
    std::string v4, v6;                                  ///< inside the tunnel
    std::string path;                                    ///< connecting, direct or relayed
    std::string local, local_kind, remote, remote_kind;  ///< the pair; empty while connecting
    std::string relay;                                   ///< its id; empty without one
    std::optional<Duration> round_trip;
    std::optional<Duration> since_handshake;
    std::uint64_t received_bytes = 0, sent_bytes = 0;
    std::uint64_t grant_count = 0;    ///< all of them
    std::vector<GrantReport> grants;  ///< the first of them
};

struct PeerReportPage {
    std::vector<PeerReport> peers;
    std::optional<std::uint64_t> next;  ///< what to ask for next; nothing: that was all
};

/// Errors: not what a gateway says.
[[nodiscard]] Expected<PeerReportPage> read_peers(std::string_view json);

/// Every peer of pages that `read_peers` took, as the gateway told of it, in one document.
[[nodiscard]] std::string join_peers(std::span<const std::string> pages);

}  // namespace fz::telemetry
