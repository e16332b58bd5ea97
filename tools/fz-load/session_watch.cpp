#include "session_watch.h"

#include "noise/messages.h"

namespace fz::load {

void SessionWatch::arrived(const LoadPeer& peer, const ReceivedHead& head) noexcept {
    Reader in(head.head);
    in.skip(4);
    const auto index = in.le<std::uint32_t>();
    const auto counter = in.le<std::uint64_t>();
    Watched& watched = sessions_[peer.slot];
    if (watched.index != index) watched = {index, ArrivalOrder(counter)};
    const std::uint64_t late = watched.order.late();
    watched.order.arrived(counter, head.count());
    arrivals_.reordered += watched.order.late() - late;
    if (head.segment > noise::kKeepaliveSize) arrivals_.add(head.count());
}

}  // namespace fz::load
