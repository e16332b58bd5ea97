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
    const std::size_t longest = std::max(v4_.trains.size(), v6_.trains.size());
    return used_ + bytes <= kArena && longest + trains <= kMaxTrains;
}

bool Departures::may_join(const Line& line, const Path& path, wire::Ecn ecn,
                          std::size_t size) const noexcept {
    if (!line.open || line.datagrams == wire::kMaxTrain || size == 0) return false;
    const wire::OutgoingTrain& train = line.trains.end()[-1];
    const bool behind = train.bytes.data() + train.bytes.size() == arena_.get() + used_;
    return behind && size <= train.segment && train.bytes.size() + size <= kMaxTrainBytes &&
           train.ecn == ecn && train.destination == path.destination && train.source == path.source;
}

MutBytes Departures::append(const Path& path, wire::Ecn ecn, std::size_t size) noexcept {
    const std::size_t header = path.channel ? wire::kChannelDataHeader : 0;
    const std::size_t whole = header + size;
    FZ_ASSERT(used_ + whole <= kArena);
    const MutBytes room(arena_.get() + used_, whole);
    Line& line = line_of(path.destination.ip.family());
    if (may_join(line, path, ecn, whole)) {
        wire::OutgoingTrain& train = line.trains.back();
        train.bytes = {train.bytes.data(), train.bytes.size() + whole};
        line.open = whole == train.segment;
        ++line.datagrams;
    } else {
        line.trains.push_back({.bytes = room,
                               .segment = whole,
                               .source = path.source,
                               .destination = path.destination,
                               .ecn = ecn});
        line.open = true;
        line.datagrams = 1;
    }
    used_ += whole;
    if (path.channel)
        wire::write_channel_header(room.first(header), *path.channel,
                                   static_cast<std::uint16_t>(size));
    return room.subspan(header);
}

void Departures::clear() noexcept {
    used_ = 0;
    for (Line* line : {&v4_, &v6_}) {
        line->trains.clear();
        line->open = false;
    }
}

}  // namespace fz::dataplane
