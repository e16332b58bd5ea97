#include "noise/messages.h"

#include <algorithm>

#include "base/assert.h"

namespace fz::noise {

namespace {

template <std::size_t N>
void read_into(std::array<std::byte, N>& field, Reader& reader) noexcept {
    const Bytes bytes = reader.bytes(N);
    std::copy(bytes.begin(), bytes.end(), field.begin());
}

[[nodiscard]] Writer begin_message(MutBytes message, std::size_t size, MessageType type) noexcept {
    FZ_ASSERT(message.size() == size);
    Writer writer(message);
    writer.le(static_cast<std::uint32_t>(type));
    return writer;
}

/// A reader behind the type word, or nothing if these bytes are another message.
[[nodiscard]] std::optional<Reader> open_message(Bytes message, MessageType type) noexcept {
    if (classify(message) != type) return std::nullopt;
    Reader reader(message);
    reader.skip(4);
    return reader;
}

}  // namespace

std::optional<Initiation> Initiation::parse(Bytes message) noexcept {
    auto reader = open_message(message, MessageType::initiation);
    if (!reader) return std::nullopt;
    Initiation result;
    result.sender = reader->le<std::uint32_t>();
    read_into(result.ephemeral.bytes, *reader);
    read_into(result.sealed_static, *reader);
    read_into(result.sealed_timestamp, *reader);
    return result;
}

void Initiation::write(MutBytes message) const noexcept {
    Writer writer = begin_message(message, kSize, MessageType::initiation);
    writer.le(sender);
    writer.bytes(ephemeral.bytes);
    writer.bytes(sealed_static);
    writer.bytes(sealed_timestamp);
    writer.zeros(kMacsSize);
}

std::optional<Response> Response::parse(Bytes message) noexcept {
    auto reader = open_message(message, MessageType::response);
    if (!reader) return std::nullopt;
    Response result;
    result.sender = reader->le<std::uint32_t>();
    result.receiver = reader->le<std::uint32_t>();
    read_into(result.ephemeral.bytes, *reader);
    read_into(result.sealed_nothing, *reader);
    return result;
}

void Response::write(MutBytes message) const noexcept {
    Writer writer = begin_message(message, kSize, MessageType::response);
    writer.le(sender);
    writer.le(receiver);
    writer.bytes(ephemeral.bytes);
    writer.bytes(sealed_nothing);
    writer.zeros(kMacsSize);
}

std::optional<CookieReply> CookieReply::parse(Bytes message) noexcept {
    auto reader = open_message(message, MessageType::cookie_reply);
    if (!reader) return std::nullopt;
    CookieReply result;
    result.receiver = reader->le<std::uint32_t>();
    read_into(result.nonce, *reader);
    read_into(result.sealed_cookie, *reader);
    return result;
}

void CookieReply::write(MutBytes message) const noexcept {
    Writer writer = begin_message(message, kSize, MessageType::cookie_reply);
    writer.le(receiver);
    writer.bytes(nonce);
    writer.bytes(sealed_cookie);
}

std::optional<MessageType> classify(Bytes datagram) noexcept {
    Reader reader(datagram);
    const auto type = MessageType{reader.le<std::uint32_t>()};
    const std::size_t size = datagram.size();
    switch (type) {
        case MessageType::initiation:
            return size == Initiation::kSize ? std::optional(type) : std::nullopt;
        case MessageType::response:
            return size == Response::kSize ? std::optional(type) : std::nullopt;
        case MessageType::cookie_reply:
            return size == CookieReply::kSize ? std::optional(type) : std::nullopt;
        case MessageType::data:
            return size >= kKeepaliveSize ? std::optional(type) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<std::uint32_t> receiver_of(Bytes datagram) noexcept {
    const auto type = classify(datagram);
    if (!type || type == MessageType::initiation) return std::nullopt;
    Reader reader(datagram);
    reader.skip(type == MessageType::response ? 8 : 4);
    return reader.le<std::uint32_t>();
}

}  // namespace fz::noise
