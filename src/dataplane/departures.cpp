#include "dataplane/departures.h"

#include <algorithm>

#include "base/assert.h"

namespace fz::dataplane {
namespace {

/// Payload bytes of the longest train: what one UDP/IP packet holds, with room for IPv4 options.
constexpr std::size_t kMaxTrainBytes = 65535 - 68;

}  // namespace

bool Departures::has_room(std::size_t datagrams, std::size_t bytes) const noexcept {
    // A train ends with its datagrams or its bytes; two more for the ends of the row.
    const std::size_t trains =
        datagrams / wire::kMaxTrain + bytes / (kMaxTrainBytes - wire::kMaxDatagram) + 2;
    return used_ + bytes <= kArena && std::max(v4_.size(), v6_.size()) + trains <= kMaxTrains;
}

bool Departures::may_join(const wire::OutgoingTrain& train, const Path& path, wire::Ecn ecn,
                          std::size_t size) const noexcept {
    const bool behind = train.bytes.data() + train.bytes.size() == arena_.get() + used_;
    const bool all_full = train.bytes.size() % train.segment == 0;
    return behind && all_full && size <= train.segment && size > 0 &&
           train.bytes.size() + size <= kMaxTrainBytes &&
           train.bytes.size() / train.segment < wire::kMaxTrain && train.ecn == ecn &&
           train.destination == path.destination && train.source == path.source;
}

MutBytes Departures::append(const Path& path, wire::Ecn ecn, std::size_t size) noexcept {
    const std::size_t header = path.channel ? wire::kChannelDataHeader : 0;
    const std::size_t whole = header + size;
    FZ_ASSERT(used_ + whole <= kArena);
    const MutBytes room(arena_.get() + used_, whole);
    Trains& trains = path.destination.ip.is_v4() ? v4_ : v6_;
    if (!trains.empty() && may_join(trains.back(), path, ecn, whole)) {
        wire::OutgoingTrain& train = trains.back();
        train.bytes = {train.bytes.data(), train.bytes.size() + whole};
    } else {
        trains.push_back({.bytes = room,
                          .segment = whole,
                          .source = path.source,
                          .destination = path.destination,
                          .ecn = ecn});
    }
    used_ += whole;
    if (path.channel)
        wire::write_channel_header(room.first(header), *path.channel,
                                   static_cast<std::uint16_t>(size));
    return room.subspan(header);
}

void Departures::clear() noexcept {
    used_ = 0;
    v4_.clear();
    v6_.clear();
}

}  // namespace fz::dataplane
