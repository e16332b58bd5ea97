#include "stat/check.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "stat/units.h"

namespace fz::stat {
namespace {

/// The control thread tells of itself once a second.
constexpr Duration kStale = std::chrono::seconds(10);

Instant instant(std::uint64_t ns) { return Instant(Duration(static_cast<Duration::rep>(ns))); }

int judge(double value, double warn, double crit) noexcept {
    return value >= crit ? 2 : value >= warn ? 1 : 0;
}

std::string decimal(double number) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", number);
    return text.data();
}

}  // namespace

Health check(const telemetry::Snapshot& snapshot, const Rates& rates,
             const Thresholds& thresholds) {
    Health health;
    std::string complaints;
    const auto complain = [&](int status, const std::string& about) {
        if (status == 0) return;
        health.status = std::max(health.status, status);
        (complaints += complaints.empty() ? "" : "; ") += about;
    };
    const auto& facts = snapshot.facts;
    if (const Duration silence = snapshot.taken_at - instant(facts.updated_at_ns);
        silence >= kStale)
        complain(2, "the control thread has said nothing for " + lasting(silence));
    if (const Duration apart = snapshot.taken_at - instant(facts.portal_since_ns);
        facts.portal != telemetry::PortalState::joined && apart >= thresholds.portal_grace)
        complain(2, "not connected to the portal for " + lasting(apart));
    double busiest = 0;
    for (const QueueRates& queue : rates.queues) busiest = std::max(busiest, queue.busy);
    complain(judge(busiest, thresholds.warn_busy, thresholds.crit_busy),
             "the busiest queue is " + percent(busiest) + " busy");
    const double moved = rates.total.up.packets + rates.total.down.packets;
    const double lost = rates.total.overload_drops;
    const double share = lost > 0 ? lost / (moved + lost) : 0;
    complain(judge(share, thresholds.warn_loss, thresholds.crit_loss),
             percent(share) + " of all packets are lost because the host does not keep up");

    constexpr std::array kWords{"OK", "WARNING", "CRITICAL"};
    health.line =
        std::string(kWords[static_cast<std::size_t>(health.status)]) + " - " +
        (complaints.empty() ? "the gateway keeps up" : complaints) + " | busy=" + decimal(busiest) +
        ";" + decimal(thresholds.warn_busy) + ";" + decimal(thresholds.crit_busy) +
        " loss=" + decimal(share) + ";" + decimal(thresholds.warn_loss) + ";" +
        decimal(thresholds.crit_loss) + " up_bps=" + decimal(rates.total.up.bits) +
        " down_bps=" + decimal(rates.total.down.bits) + " drops_ps=" + decimal(rates.total.drops) +
        " peers=" + std::to_string(facts.peers_direct + facts.peers_relayed);
    return health;
}

}  // namespace fz::stat
