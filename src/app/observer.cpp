#include "app/observer.h"

#include "doors/doorkeeper.h"
#include "os/clock.h"
#include "slowpath/portal_link.h"
#include "tunnel/roster.h"

namespace fz::app {
namespace {

constexpr Duration kBetweenLooks = 1s;

std::uint64_t ns_of(Instant instant) noexcept {
    return static_cast<std::uint64_t>(instant.time_since_epoch().count());
}

telemetry::PortalState state_of(const slowpath::PortalLink& portal) noexcept {
    return portal.is_joined() ? telemetry::PortalState::joined : telemetry::PortalState::connecting;
}

telemetry::DoorKind kind_of(const std::optional<fastpath::AttachMode>& mode) noexcept {
    if (!mode) return telemetry::DoorKind::sockets;
    return *mode == fastpath::AttachMode::native ? telemetry::DoorKind::native
                                                 : telemetry::DoorKind::generic;
}

telemetry::RingFacts facts_of(const doors::RingReport& ring, std::size_t interface) noexcept {
    static_assert(FZ_VERDICT_COUNT <= telemetry::kMaxVerdicts);
    telemetry::RingFacts facts{.interface = interface,
                               .queue = ring.queue,
                               .worker = ring.worker,
                               .zero_copy = ring.zero_copy,
                               .frames = {},
                               .rx_dropped = ring.statistics.rx_dropped,
                               .rx_ring_full = ring.statistics.rx_ring_full,
                               .fill_ring_empty = ring.statistics.fill_ring_empty};
    std::copy(std::begin(ring.verdicts.frames), std::end(ring.verdicts.frames),
              facts.frames.begin());
    return facts;
}

}  // namespace

Observer::Observer(telemetry::PageWriter& page, const telemetry::GatewayFacts& facts,
                   const doors::Doorkeeper& doorkeeper, const slowpath::PortalLink& portal,
                   const tunnel::Roster* roster, Instant now)
    : page_(page),
      doorkeeper_(doorkeeper),
      portal_(portal),
      roster_(roster),
      facts_(facts),
      began_(now),
      began_cycles_(os::read_cycle_counter()),
      next_look_(now) {
    facts_.started_at_ns = ns_of(now);
    facts_.portal_since_ns = ns_of(now);
}

Instant Observer::poll_timeout() const noexcept {
    return facts_.portal == state_of(portal_) ? next_look_ : Instant{};
}

void Observer::handle_timeout(Instant now, std::uint64_t io_errors) {
    next_look_ = now + kBetweenLooks;
    facts_.updated_at_ns = ns_of(now);
    if (const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - began_).count();
        ms > 0)
        facts_.cycles_per_ms =
            (os::read_cycle_counter() - began_cycles_) / static_cast<std::uint64_t>(ms);
    facts_.io_errors = io_errors;
    const telemetry::PortalState portal = state_of(portal_);
    if (portal != facts_.portal) facts_.portal_since_ns = ns_of(now);
    facts_.portal = portal;
    describe_peers();
    describe_doors(now);
    page_.facts().store(facts_);
}

void Observer::describe_peers() {
    if (roster_ == nullptr) return;
    const tunnel::RosterSummary summary = roster_->summary();
    facts_.peers_direct = summary.direct;
    facts_.peers_relayed = summary.relayed;
    facts_.peers_connecting = summary.connecting;
    facts_.relays = summary.relays;
    facts_.relays_usable = summary.allocated_relays;
}

void Observer::describe_doors(Instant now) {
    facts_.datapath = name_of(doorkeeper_.wish());
    facts_.interface_count = facts_.ring_count = 0;
    for (const doors::DoorReport& door : doorkeeper_.report(now)) {
        if (facts_.interface_count == facts_.interfaces.size()) return;
        const std::size_t place = facts_.interface_count++;
        telemetry::InterfaceFacts& interface = facts_.interfaces[place];
        interface.name = door.interface;
        interface.door = kind_of(door.mode);
        interface.zero_copy = door.zero_copy;
        interface.queues = door.rings.size();
        interface.why = door.why_not;
        for (const doors::RingReport& ring : door.rings)
            if (facts_.ring_count < facts_.rings.size())
                facts_.rings[facts_.ring_count++] = facts_of(ring, place);
    }
}

}  // namespace fz::app
