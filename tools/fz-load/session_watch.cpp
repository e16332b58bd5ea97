#include "session_watch.h"

#include "noise/messages.h"

namespace fz::load {

void SessionWatch::arrived(const LoadPeer& peer, const Received& run) noexcept {
    if (run.complete()) {
        for (std::size_t at = 0; at < run.bytes; at += run.segment)
            count(peer.slot, run.head.subspan(at), 1);
    } else {
        count(peer.slot, run.head, run.count());
    }
    if (run.segment > noise::kKeepaliveSize) arrivals_.add(run.count());
}

void SessionWatch::count(std::uint32_t slot, Bytes header, std::size_t messages) noexcept {
    Reader in(header);
    in.skip(4);
    const auto index = in.le<std::uint32_t>();
    const auto counter = in.le<std::uint64_t>();
    Watched& watched = sessions_[slot];
    if (watched.index != index) watched = {index, ArrivalOrder(counter)};
    const std::uint64_t late = watched.order.late();
    watched.order.arrived(counter, messages);
    arrivals_.reordered += watched.order.late() - late;
}

}  // namespace fz::load
