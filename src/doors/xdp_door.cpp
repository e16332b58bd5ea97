#include "doors/xdp_door.h"

#include <algorithm>

#include "doors/refusal.h"

namespace fz::doors {

Expected<std::unique_ptr<XdpDoor>> XdpDoor::open(const os::Interface& interface,
                                                 fastpath::AttachMode mode, const Ours& ours,
                                                 worker::Team& team) {
    const auto refuse = [&](Step step, const Error& why) {
        return Unexpected{Error(explain(step, why, interface))};
    };
    auto steering = fastpath::Steering::load();
    if (!steering) return refuse(Step::load, steering.error());
    std::unique_ptr<XdpDoor> door(new XdpDoor(interface, mode, std::move(steering).value(), team));
    FZ_TRY(door->update(ours));
    const unsigned queues = std::min<unsigned>(interface.receive_queues, FZ_MAX_QUEUES);
    for (unsigned queue = 0; queue < queues; ++queue)
        if (auto opened = door->open_ring(queue); !opened)
            return refuse(Step::open_ring, opened.error());
    if (auto attached = door->steering_.attach(interface.index, mode); !attached)
        return refuse(Step::attach, attached.error());
    // virtio-net adds queues for what programs send, and receives on them too: they have no ring,
    // which leaves their frames to the sockets.
    if (const auto now = os::read_interface(interface.name))
        door->interface_.receive_queues = now->receive_queues;
    return door;
}

Expected<void> XdpDoor::open_ring(unsigned queue) {
    FZ_ASSIGN(auto xsk, fastpath::Xsk::open(interface_.name, queue));
    rings_.push_back({std::move(xsk), queue % team_.size()});
    fastpath::Xsk& ring = *rings_.back().xsk;
    FZ_TRY(team_.worker(rings_.back().worker).open_ring(ring));
    return steering_.set_socket(queue, ring.fd());
}

XdpDoor::~XdpDoor() {
    detach();
    for (const Ring& ring : rings_) team_.worker(ring.worker).close_ring(*ring.xsk);
}

Expected<void> XdpDoor::update(const Ours& ours) {
    FZ_TRY(steering_.set_addresses(ours.addresses));
    FZ_TRY(steering_.set_ports(ours.ports));
    return steering_.set_relays(ours.relays);
}

DoorReport XdpDoor::report() const {
    DoorReport report{.interface = interface_.name, .mode = mode_, .zero_copy = zero_copy()};
    for (unsigned queue = 0; queue < rings_.size(); ++queue)
        report.rings.push_back({.queue = queue,
                                .worker = rings_[queue].worker,
                                .zero_copy = rings_[queue].xsk->zero_copy(),
                                .verdicts = steering_.verdicts(queue),
                                .statistics = rings_[queue].xsk->statistics()});
    return report;
}

bool XdpDoor::zero_copy() const noexcept {
    return std::all_of(rings_.begin(), rings_.end(),
                       [](const Ring& ring) { return ring.xsk->zero_copy(); });
}

}  // namespace fz::doors
