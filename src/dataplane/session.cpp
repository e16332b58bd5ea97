#include "dataplane/session.h"

#include "crypto/aead.h"
#include "noise/messages.h"

namespace fz::dataplane {

bool Session::alive(Instant now) const noexcept {
    return now - keys_.created_at < noise::kRejectAfterTime &&
           next_counter_.load(std::memory_order_relaxed) < noise::kRejectAfterMessages;
}

std::optional<Drop> Session::seal(packet::Packet& packet) noexcept {
    const std::uint64_t counter = next_counter_.fetch_add(1, std::memory_order_relaxed);
    if (counter >= noise::kRejectAfterMessages) return Drop::session_expired;

    const std::size_t text_size = packet.size();
    packet.push_back(crypto::kAeadTagSize);
    const MutBytes text = packet.bytes().first(text_size);
    crypto::seal_in_place(keys_.send_key, counter, {}, text,
                          packet.bytes().last<crypto::kAeadTagSize>());
    packet.push_front(noise::kDataHeaderSize);
    Writer header(packet.bytes().first(noise::kDataHeaderSize));
    header.le(static_cast<std::uint32_t>(noise::MessageType::data));
    header.le(keys_.remote_index);
    header.le(counter);
    return std::nullopt;
}

std::optional<Drop> Session::open(packet::Packet& packet) noexcept {
    Reader header(packet.bytes());
    header.skip(8);
    const auto counter = header.le<std::uint64_t>();
    if (counter >= noise::kRejectAfterMessages) return Drop::session_expired;
    if (!window_.check(counter)) return Drop::replayed;

    packet.pop_front(noise::kDataHeaderSize);
    const std::size_t text_size = packet.size() - crypto::kAeadTagSize;
    const MutBytes text = packet.bytes().first(text_size);
    const auto tag = std::as_const(packet).bytes().last<crypto::kAeadTagSize>();
    if (crypto::open_in_place(keys_.receive_key, counter, {}, text, tag) == crypto::Open::rejected)
        return Drop::bad_tag;
    if (!window_.accept(counter)) return Drop::replayed;
    packet.resize(text_size);
    return std::nullopt;
}

}  // namespace fz::dataplane
