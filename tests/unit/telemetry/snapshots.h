// Gateways that never ran, for the screens.
#pragma once

#include <gtest/gtest.h>

#include "telemetry/page.h"

namespace fz::test {

/// One that has been up for 100 s, with workers that have rested since.
inline telemetry::Snapshot idle_gateway(std::size_t workers = 1) {
    telemetry::Snapshot snapshot;
    snapshot.taken_at = Instant(1100s);
    auto& facts = snapshot.facts;
    facts.version = "1.2.3";
    facts.process = 4711;
    facts.started_at_ns = 1'000'000'000'000;
    facts.updated_at_ns = 1'099'500'000'000;
    facts.cycles_per_ms = 3'000'000;
    facts.portal = telemetry::PortalState::joined;
    facts.portal_since_ns = 1'001'000'000'000;
    facts.relays = 2;
    facts.relays_usable = 1;
    facts.peers_direct = 12;
    facts.peers_relayed = 3;
    facts.aead = "openssl";
    facts.tun_offloads = "tcp and udp";
    facts.interface_count = 1;
    facts.interfaces[0].name = "eth0";
    facts.interfaces[0].door = telemetry::DoorKind::native;
    facts.interfaces[0].queues = workers;
    for (std::size_t i = 0; i < workers; ++i) {
        auto& worker = snapshot.workers.emplace_back();
        worker.rests_since_ns = 1'000'000'000'000;
        worker.cpu = i;
    }
    return snapshot;
}

/// Two seconds later: worker 0 has worked for half of them, on 200 packets up of 1000 bytes (in
/// 10 batches, through the ring) and 100 down of 500, and has lost 8.
inline telemetry::Snapshot busy_gateway(std::size_t workers = 1) {
    telemetry::Snapshot snapshot = idle_gateway(workers);
    snapshot.taken_at += 2s;
    snapshot.facts.updated_at_ns += 2'000'000'000;
    auto& worker = snapshot.workers[0];
    worker.asleep_ns = 101'000'000'000;
    worker.rests_since_ns = 1'102'000'000'000;
    worker.sleeps = 40;
    auto& up = worker.packets.to_resource;
    up.received = 208;
    up.delivered = 200;
    up.delivered_bytes = 200'000;
    up.drops[static_cast<std::size_t>(dataplane::Drop::ring_full)] = 6;
    up.drops[static_cast<std::size_t>(dataplane::Drop::bad_tag)] = 2;
    auto& down = worker.packets.to_client;
    down.received = 100;
    down.delivered = 100;
    down.delivered_bytes = 50'000;
    worker.from_rings = {.batches = 10, .packets = 202};
    worker.tun_writes = {.writes = 4, .packets = 200, .refused = 0};
    worker.buffers = 256;
    worker.buffers_wanted = 512;
    return snapshot;
}

}  // namespace fz::test
