// Who is connected, for an operator: a row per connection, made of what the gateway knows anyway.
//
// Read by the control thread, page by page, so that one question costs the same with one client or
// ten thousand. No keys, and of what the portal said no more than a bounded part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "dataplane/traffic.h"
#include "policy/resource.h"
#include "portal/objects.h"
#include "tunnel/connection.h"

namespace fz::tunnel {

/// How a client is reached. Relayed: at least one end of the pair is an address that a relay lends,
/// ours or the client's.
enum class PathKind : std::uint8_t { connecting, direct, relayed };
inline constexpr std::size_t kPathKinds = 3;

[[nodiscard]] PathKind path_kind_of(const std::optional<Selected>& pair) noexcept;
[[nodiscard]] std::string_view name_of(PathKind kind) noexcept;

/// What a client may reach, until when.
struct GrantRow {
    policy::ResourceId id;
    std::string name;     ///< as the portal spells it, cut to kListedText bytes
    std::string address;  ///< a network, a pattern of DNS names (cut too), or "internet"
    std::optional<UnixSeconds> expires_at;
};

/// One connection; counters and ages begin anew when a client comes back with other credentials.
struct PeerRow {
    static constexpr std::size_t kListedGrants = 16;
    static constexpr std::size_t kListedText = 128;  ///< bytes, at the end of a UTF-8 character

    std::uint32_t slot = 0;
    PeerId id;
    portal::TunnelAddresses addresses;
    Duration age{};                           ///< since it was authorized
    std::optional<Selected> pair;             ///< nothing while it is connecting
    std::optional<RelayId> relay;             ///< the one of ours that it goes through
    std::optional<Duration> round_trip;       ///< once measured
    std::optional<Duration> since_handshake;  ///< the last one that both ends have finished
    dataplane::Traffic received;
    dataplane::Traffic sent;
    std::vector<GrantRow> grants;  ///< up to kListedGrants, by id
    std::size_t grant_count = 0;   ///< all of them

    [[nodiscard]] PathKind path() const noexcept { return path_kind_of(pair); }
};

struct PeerPage {
    std::vector<PeerRow> rows;          ///< by slot
    std::optional<std::uint32_t> next;  ///< the slot to go on with; nothing: that was all
};

/// The whole in five numbers, at a cost that does not depend on them.
struct RosterSummary {
    std::size_t connecting = 0;
    std::size_t direct = 0;
    std::size_t relayed = 0;
    std::size_t relays = 0;            ///< that the portal named
    std::size_t allocated_relays = 0;  ///< of them, those that lend us an address

    friend bool operator==(const RosterSummary&, const RosterSummary&) = default;
};

class Roster {
  public:
    virtual ~Roster() = default;

    // The control thread.
    /// Up to `most` connections from slot `from` on. Who comes and goes between two pages may be in
    /// neither; nobody else is left out or told twice.
    [[nodiscard]] virtual PeerPage peers(std::uint32_t from, std::size_t most,
                                         Instant now) const = 0;
    [[nodiscard]] virtual RosterSummary summary() const = 0;
};

}  // namespace fz::tunnel
