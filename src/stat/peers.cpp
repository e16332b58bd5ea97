#include "stat/peers.h"

#include "stat/table.h"
#include "stat/units.h"

namespace fz::stat {
namespace {

using telemetry::GrantReport;
using telemetry::PeerReport;

std::string or_dash(const std::string& text) { return text.empty() ? "-" : harmless(text); }

std::string end_of(const std::string& address, const std::string& kind) {
    return address.empty() ? "-" : harmless(address) + " " + harmless(kind);
}

std::string round_trip_of(const PeerReport& peer) {
    if (!peer.round_trip) return "-";
    return human(std::chrono::duration<double, std::milli>(*peer.round_trip).count()) + " ms";
}

std::string until(const GrantReport& grant, UnixTime now) {
    if (!grant.expires_at) return "for ever";
    const Duration left = *grant.expires_at - now;
    return left <= Duration::zero() ? "expired" : "for " + lasting(left);
}

}  // namespace

Lines peers_and_grants(std::span<const PeerReport> reports, UnixTime now, std::size_t width) {
    Lines lines = peers(reports, width);
    if (reports.empty()) return lines;
    lines.emplace_back();
    const Lines rights = grants(reports, now, width);
    lines.insert(lines.end(), rights.begin(), rights.end());
    return lines;
}

Lines peers(std::span<const PeerReport> reports, std::size_t width) {
    if (reports.empty()) return {"nobody is connected"};
    Table table({{"peer", 20, true},
                 {"tunnel address", 12, true},
                 {"path", 15, true},
                 {"rtt", 14},
                 {"handshake", 8},
                 {"up", 11},
                 {"down", 11},
                 {"resources", 9},
                 {"peer's end", 6, true},
                 {"our end", 4, true},
                 {"relay", 3, true},
                 {"IPv6", 2, true}});
    for (const PeerReport& peer : reports)
        table.add({or_dash(peer.id), or_dash(peer.v4), or_dash(peer.path), round_trip_of(peer),
                   peer.since_handshake ? lasting(*peer.since_handshake) + " ago" : "never",
                   human(static_cast<double>(peer.received_bytes), "B"),
                   human(static_cast<double>(peer.sent_bytes), "B"),
                   std::to_string(peer.grant_count), end_of(peer.remote, peer.remote_kind),
                   end_of(peer.local, peer.local_kind), or_dash(peer.relay), or_dash(peer.v6)});
    return table.lines(width);
}

Lines grants(std::span<const PeerReport> reports, UnixTime now, std::size_t width) {
    Table table(
        {{"peer", 9, true}, {"may reach", 8, true}, {"address", 7, true}, {"still", 6, true}});
    for (const PeerReport& peer : reports) {
        for (const GrantReport& grant : peer.grants)
            table.add(
                {or_dash(peer.id), or_dash(grant.name), or_dash(grant.address), until(grant, now)});
        if (peer.grant_count > peer.grants.size())
            table.add({or_dash(peer.id),
                       "and " + std::to_string(peer.grant_count - peer.grants.size()) + " more", "",
                       ""});
    }
    return table.lines(width);
}

}  // namespace fz::stat
