#include "session_watch.h"

#include <algorithm>

#include "crypto/aead.h"
#include "noise/messages.h"

namespace fz::load {

SessionWatch::SessionWatch(std::size_t peers, Traffic traffic, Content content)
    : message_size_(noise::kDataHeaderSize + noise::sealed(packet_size(traffic))),
      content_(content),
      pattern_(traffic, {}, {}),
      sessions_(peers) {
    if (content == Content::compared) arrivals_.corrupt = 0;
}

void SessionWatch::arrived(const LoadPeer& peer, const Received& run) noexcept {
    const bool is_data = run.segment >= message_size_;
    if (run.complete()) {
        for (Bytes rest = run.head; !rest.empty();) {
            const Bytes message = rest.first(std::min(rest.size(), run.segment));
            rest = rest.subspan(message.size());
            count(peer.slot, message, 1);
            if (is_data && content_ == Content::compared && !is_intact(peer, message))
                ++*arrivals_.corrupt;
        }
    } else {
        count(peer.slot, run.head, run.count());
    }
    // What ends a train may be shorter, and is then no packet of ours.
    if (is_data) arrivals_.add(run.bytes / run.segment);
}

bool SessionWatch::is_intact(const LoadPeer& peer, Bytes message) noexcept {
    std::array<std::byte, 2048> room;
    if (message.size() < noise::kKeepaliveSize || message.size() > room.size()) return false;
    std::copy(message.begin(), message.end(), room.begin());
    const MutBytes sealed = MutBytes(room).first(message.size()).subspan(noise::kDataHeaderSize);
    const MutBytes text = sealed.first(sealed.size() - crypto::kAeadTagSize);
    const auto counter = load_le<std::uint64_t>(room.data() + 8);
    if (crypto::open_in_place(peer.session->keys.receive_key, counter, {}, text,
                              sealed.last<crypto::kAeadTagSize>()) != crypto::Open::ok)
        return false;
    const Traffic traffic = pattern_.traffic();
    if (text.size() < packet_size(traffic)) return false;
    const Bytes payload = text.first(packet_size(traffic)).subspan(header_size(traffic));
    return pattern_.is_payload(load_be<std::uint64_t>(payload.data()), payload);
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
