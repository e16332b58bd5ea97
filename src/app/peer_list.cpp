#include "app/peer_list.h"

#include "base/json.h"

namespace fz::app {
namespace {

using tunnel::PeerRow;

// The largest row still fits: an escaped byte takes six, and a resource has two texts.
constexpr std::size_t kMostPerByte = 6;
constexpr std::size_t kFixedPart = 256;  ///< bytes of keys, punctuation and numbers, and more
static_assert(PeerRow::kListedGrants * (2 * kMostPerByte * PeerRow::kListedText + kFixedPart) +
                  4 * kFixedPart <
              kMaxPeerList);

template <typename Unit>
std::optional<std::int64_t> count_of(std::optional<Duration> duration) {
    if (!duration) return std::nullopt;
    return std::chrono::duration_cast<Unit>(*duration).count();
}

std::optional<std::string> text_of(const std::optional<Uuid>& id) {
    return id ? std::optional(id->to_string()) : std::nullopt;
}

void write_end(std::string& out, const wire::SocketAddr& address, ice::CandidateKind kind) {
    JsonObject end(out);
    end.add("address", address.to_string());
    end.add("kind", name_of(kind));
}

void write_pair(JsonObject& peer, const std::optional<tunnel::Selected>& pair) {
    if (pair) {
        write_end(peer.value_of("local"), pair->local, pair->local_kind);
        write_end(peer.value_of("remote"), pair->remote, pair->remote_kind);
    } else {
        peer.add("local", std::nullopt);
        peer.add("remote", std::nullopt);
    }
}

void write_traffic(std::string& out, const dataplane::Traffic& traffic) {
    JsonObject way(out);
    way.add("packets", traffic.packets);
    way.add("bytes", traffic.bytes);
}

void write_grant(std::string& out, const tunnel::GrantRow& grant) {
    JsonObject resource(out);
    resource.add("id", grant.id.to_string());
    resource.add("name", grant.name);
    resource.add("address", grant.address);
    if (grant.expires_at) {
        resource.add("expires_at", grant.expires_at->time_since_epoch().count());
    } else {
        resource.add("expires_at", std::nullopt);
    }
}

std::string peer_object(const PeerRow& row) {
    using std::chrono::microseconds;
    using std::chrono::milliseconds;
    std::string out;
    {
        JsonObject peer(out);
        peer.add("slot", row.slot);
        peer.add("id", row.id.to_string());
        peer.add("v4", row.addresses.v4.to_string());
        peer.add("v6", row.addresses.v6.to_string());
        peer.add("path", name_of(row.path()));
        write_pair(peer, row.pair);
        peer.add("relay", text_of(row.relay));
        peer.add("rtt_us", count_of<microseconds>(row.round_trip));
        peer.add("age_ms", count_of<milliseconds>(row.age));
        peer.add("handshake_age_ms", count_of<milliseconds>(row.since_handshake));
        write_traffic(peer.value_of("received"), row.received);
        write_traffic(peer.value_of("sent"), row.sent);
        peer.add("resource_count", row.grant_count);
        JsonArray resources(peer.value_of("resources"));
        for (const tunnel::GrantRow& grant : row.grants) write_grant(resources.next(), grant);
    }
    return out;
}

}  // namespace

std::string peer_list(const tunnel::Roster& roster, std::uint32_t from, Instant now) {
    constexpr std::size_t kFrame = 48;  ///< bytes around the peers: keys, brackets, the next slot
    tunnel::PeerPage page = roster.peers(from, kPeersPerAnswer, now);
    std::string peers;
    for (const PeerRow& row : page.rows) {
        const std::string peer = peer_object(row);
        if (kFrame + peers.size() + 1 + peer.size() > kMaxPeerList) {
            page.next = row.slot;
            break;
        }
        if (!peers.empty()) peers += ',';
        peers += peer;
    }
    std::string out;
    {
        JsonObject document(out);
        document.add("next", page.next);
        ((document.value_of("peers") += '[') += peers) += ']';
    }
    return out;
}

}  // namespace fz::app
