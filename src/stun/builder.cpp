#include "stun/builder.h"

#include <array>

#include "base/assert.h"
#include "crypto/hash.h"
#include "stun/fingerprint.h"
#include "stun/xor_address.h"

namespace fz::stun {
namespace {

std::uint16_t message_type(Class cls, Method method) noexcept {
    const auto c = static_cast<unsigned>(cls);
    const auto m = static_cast<unsigned>(method);
    return static_cast<std::uint16_t>((m & 0x000f) | ((m & 0x0070) << 1) | ((m & 0x0f80) << 2) |
                                      ((c & 0b01) << 4) | ((c & 0b10) << 7));
}

constexpr std::uint32_t in_first_octet(std::uint8_t value) noexcept {
    return static_cast<std::uint32_t>(value) << 24;
}

}  // namespace

Builder::Builder(wire::DatagramBytes& out, Class cls, Method method,
                 const TransactionId& id) noexcept
    : out_(out), id_(id) {
    Writer writer(out.room());
    writer.be(message_type(cls, method));
    writer.be(std::uint16_t{0});
    writer.be(kMagicCookie);
    writer.bytes(id.bytes);
    FZ_ASSERT(writer.ok());
    out_.resize(writer.size());
}

void Builder::set_length(std::size_t message_size) noexcept {
    store_be(out_.room().data() + 2, static_cast<std::uint16_t>(message_size - kHeaderSize));
}

Builder& Builder::attribute(std::uint16_t type, Bytes value) noexcept {
    Writer writer(out_.room().subspan(out_.size()));
    writer.be(type);
    writer.be(static_cast<std::uint16_t>(value.size()));
    writer.bytes(value);
    writer.zeros(padded(value.size()) - value.size());
    if (!writer.ok()) {
        ok_ = false;
        return *this;
    }
    out_.resize(out_.size() + writer.size());
    set_length(out_.size());
    return *this;
}

Builder& Builder::attribute(Attribute type, Bytes value) noexcept {
    return attribute(static_cast<std::uint16_t>(type), value);
}

Builder& Builder::text(Attribute type, std::string_view text, std::size_t limit) noexcept {
    if (text.size() <= limit) return attribute(type, as_bytes(text));
    ok_ = false;
    return *this;
}

Builder& Builder::username(std::string_view t) noexcept {
    return text(Attribute::username, t, kMaxUsername);
}
Builder& Builder::realm(std::string_view t) noexcept { return text(Attribute::realm, t, kMaxText); }
Builder& Builder::nonce(std::string_view t) noexcept { return text(Attribute::nonce, t, kMaxText); }
Builder& Builder::software(std::string_view t) noexcept {
    return text(Attribute::software, t, kMaxText);
}

Builder& Builder::address_error_code(wire::Family family, std::uint16_t code,
                                     std::string_view reason) noexcept {
    FZ_ASSERT(code >= 300 && code <= 699 && reason.size() <= kMaxText);
    std::array<std::byte, 4 + kMaxText> space;
    Writer writer(space);
    writer.u8(family_octet(family));
    writer.u8(0);
    writer.u8(static_cast<std::uint8_t>(code / 100));
    writer.u8(static_cast<std::uint8_t>(code % 100));
    writer.bytes(as_bytes(reason));
    return attribute(Attribute::address_error_code, writer.written());
}

Builder& Builder::error_code(std::uint16_t code, std::string_view reason) noexcept {
    FZ_ASSERT(code >= 300 && code <= 699 && reason.size() <= kMaxText);
    std::array<std::byte, 4 + kMaxText> space;
    Writer writer(space);
    writer.zeros(2);
    writer.u8(static_cast<std::uint8_t>(code / 100));
    writer.u8(static_cast<std::uint8_t>(code % 100));
    writer.bytes(as_bytes(reason));
    return attribute(Attribute::error_code, writer.written());
}

Builder& Builder::unknown_attributes(const AttributeTypes& types) noexcept {
    std::array<std::byte, AttributeTypes::capacity() * sizeof(std::uint16_t)> space;
    Writer writer(space);
    for (const std::uint16_t type : types) writer.be(type);
    return attribute(Attribute::unknown_attributes, writer.written());
}

Builder& Builder::xor_address(Attribute type, const wire::SocketAddr& address) noexcept {
    std::array<std::byte, kMaxAddressValue> space;
    return attribute(type, encode_xor_address(space, address, id_));
}

Builder& Builder::xor_mapped_address(const wire::SocketAddr& address) noexcept {
    return xor_address(Attribute::xor_mapped_address, address);
}
Builder& Builder::xor_peer_address(const wire::SocketAddr& address) noexcept {
    return xor_address(Attribute::xor_peer_address, address);
}
Builder& Builder::xor_relayed_address(const wire::SocketAddr& address) noexcept {
    return xor_address(Attribute::xor_relayed_address, address);
}

template <std::unsigned_integral T>
Builder& Builder::number(Attribute type, T value) noexcept {
    std::array<std::byte, sizeof(T)> space;
    store_be(space.data(), value);
    return attribute(type, space);
}

Builder& Builder::priority(std::uint32_t value) noexcept {
    return number(Attribute::priority, value);
}
Builder& Builder::use_candidate() noexcept { return attribute(Attribute::use_candidate, {}); }
Builder& Builder::ice_controlled(std::uint64_t tie_breaker) noexcept {
    return number(Attribute::ice_controlled, tie_breaker);
}
Builder& Builder::ice_controlling(std::uint64_t tie_breaker) noexcept {
    return number(Attribute::ice_controlling, tie_breaker);
}

Builder& Builder::lifetime(std::chrono::seconds value) noexcept {
    return number(Attribute::lifetime, static_cast<std::uint32_t>(value.count()));
}
Builder& Builder::channel_number(wire::ChannelNumber channel) noexcept {
    return number(Attribute::channel_number, static_cast<std::uint32_t>(channel.value) << 16);
}
Builder& Builder::data(Bytes payload) noexcept { return attribute(Attribute::data, payload); }

Builder& Builder::requested_transport(std::uint8_t protocol) noexcept {
    return number(Attribute::requested_transport, in_first_octet(protocol));
}
Builder& Builder::family(Attribute type, wire::Family value) noexcept {
    return number(type, in_first_octet(family_octet(value)));
}
Builder& Builder::requested_address_family(wire::Family value) noexcept {
    return family(Attribute::requested_address_family, value);
}
Builder& Builder::additional_address_family(wire::Family value) noexcept {
    return family(Attribute::additional_address_family, value);
}

Builder& Builder::integrity(Bytes key) noexcept {
    const std::size_t covered = out_.size();
    set_length(covered + kAttributeHeaderSize + kIntegritySize);
    const auto digest = crypto::hmac_sha1(key, {out_.view()});
    set_length(covered);
    return attribute(Attribute::message_integrity, digest);
}

Builder& Builder::fingerprint() noexcept {
    const std::size_t covered = out_.size();
    set_length(covered + kAttributeHeaderSize + kFingerprintSize);
    const std::uint32_t checksum = fingerprint_of({out_.view()});
    set_length(covered);
    return number(Attribute::fingerprint, checksum);
}

}  // namespace fz::stun
