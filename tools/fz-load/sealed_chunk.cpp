#include "sealed_chunk.h"

#include "noise/messages.h"

namespace fz::load {
SealedChunk::SealedChunk(Fleet& fleet, Traffic traffic, const wire::SocketAddr& destination,
                         const Turns& turns, std::size_t bytes)
    : fleet_(fleet),
      traffic_(traffic),
      turns_(turns),
      datagram_(datagram_size(traffic)),
      room_size_(bytes),
      room_(new std::byte[bytes]),
      position_(fleet.size()) {
    turns_.per_peer = std::min({turns.per_peer, kMaxTrainCount, kMaxTrainBytes / datagram_});
    for (std::size_t peer = 0; peer < fleet.size(); ++peer)
        for (std::size_t i = 0; i < flows_per_peer(traffic); ++i) {
            const auto number = static_cast<std::uint16_t>(flows_.size());
            const wire::SocketAddr source{fleet.peer(peer).identity.ipv4,
                                          static_cast<std::uint16_t>(kFirstFlowPort + i)};
            const auto port = static_cast<std::uint16_t>(destination.port + number);
            flows_.push_back({FlowTemplate(traffic, source, {destination.ip, port})});
        }
}

std::size_t SealedChunk::datagram_size(Traffic traffic) noexcept {
    return noise::kDataHeaderSize + noise::sealed(packet_size(traffic));
}

void SealedChunk::refill() {
    trains_.clear();
    const std::size_t train_size = turns_.per_peer * datagram_;
    for (std::size_t at = 0; at + train_size <= room_size_; at += train_size) {
        seal_train(next_peer_, room_.get() + at);
        trains_.push_back({.data = room_.get() + at,
                           .bytes = static_cast<std::uint32_t>(train_size),
                           .segment = static_cast<std::uint16_t>(datagram_),
                           .count = static_cast<std::uint16_t>(turns_.per_peer),
                           .socket = static_cast<std::uint32_t>(fleet_.peer(next_peer_).socket)});
        next_peer_ = (next_peer_ + 1) % fleet_.size();
    }
}

void SealedChunk::seal_train(std::size_t peer, std::byte* at) {
    Session& session = *fleet_.peer(peer).session;
    const std::size_t flows = flows_per_peer(traffic_);
    jobs_.clear();
    for (std::size_t i = 0; i < turns_.per_peer; ++i, at += datagram_) {
        Writer header(MutBytes(at, noise::kDataHeaderSize));
        header.le(static_cast<std::uint32_t>(noise::MessageType::data));
        header.le(session.keys.remote_index);
        header.le(session.next_counter);
        const MutBytes text(at + noise::kDataHeaderSize, packet_size(traffic_));
        Flow& flow = flows_[peer * flows + position_[peer]++ / turns_.burst % flows];
        flow.packets.write(flow.next++, text);
        jobs_.push_back({session.next_counter++, text, text.data()});
    }
    aead_.seal(session.keys.send_key, jobs_);
}

}  // namespace fz::load
