#include "stun/message.h"

#include <algorithm>
#include <array>

#include "crypto/hash.h"
#include "stun/fingerprint.h"
#include "stun/xor_address.h"

namespace fz::stun {
namespace {

struct RawAttribute {
    std::uint16_t type = 0;
    Bytes value;
};

/// The next attribute with its padding consumed. Fails through `reader`.
RawAttribute next_attribute(Reader& reader) noexcept {
    RawAttribute attribute;
    attribute.type = reader.be<std::uint16_t>();
    const std::size_t size = reader.be<std::uint16_t>();
    attribute.value = reader.bytes(size);
    reader.skip(padded(size) - size);
    return attribute;
}

bool is_known(std::uint16_t type) noexcept {
    switch (Attribute{type}) {
        case Attribute::mapped_address:
        case Attribute::username:
        case Attribute::message_integrity:
        case Attribute::error_code:
        case Attribute::unknown_attributes:
        case Attribute::channel_number:
        case Attribute::lifetime:
        case Attribute::xor_peer_address:
        case Attribute::data:
        case Attribute::realm:
        case Attribute::nonce:
        case Attribute::xor_relayed_address:
        case Attribute::requested_address_family:
        case Attribute::requested_transport:
        case Attribute::xor_mapped_address:
        case Attribute::priority:
        case Attribute::use_candidate:
        case Attribute::additional_address_family:
        case Attribute::address_error_code:
        case Attribute::software:
        case Attribute::fingerprint:
        case Attribute::ice_controlled:
        case Attribute::ice_controlling:
            return true;
    }
    return false;
}

bool size_is_legal(const RawAttribute& attribute) noexcept {
    const std::size_t size = attribute.value.size();
    switch (Attribute{attribute.type}) {
        case Attribute::message_integrity:
            return size == kIntegritySize;
        case Attribute::fingerprint:
            return size == kFingerprintSize;
        case Attribute::username:
            return size <= kMaxUsername;
        case Attribute::realm:
        case Attribute::nonce:
        case Attribute::software:
            return size <= kMaxText;
        default:
            return true;
    }
}

/// Type and length as they stood when an attribute that ends at `end` was computed.
std::array<std::byte, 4> header_ending_at(Bytes message, std::size_t end) noexcept {
    std::array<std::byte, 4> header{message[0], message[1]};
    store_be(header.data() + 2, static_cast<std::uint16_t>(end - kHeaderSize));
    return header;
}

template <std::unsigned_integral T>
std::optional<T> number_in(std::optional<Bytes> value) noexcept {
    if (!value || value->size() != sizeof(T)) return std::nullopt;
    return load_be<T>(value->data());
}

/// Class and number of an error, then its reason phrase (RFC 8489 14.8).
std::optional<ErrorCode> error_in(Reader reader) noexcept {
    const unsigned hundreds = reader.u8() & 0b111U;
    const unsigned number = reader.u8();
    if (!reader.ok() || hundreds < 3 || hundreds > 6 || number > 99) return std::nullopt;
    std::string_view reason = as_text(reader.rest());
    while (!reason.empty() && reason.back() == '\0') reason.remove_suffix(1);
    if (reason.size() > kMaxText) return std::nullopt;
    return ErrorCode{static_cast<std::uint16_t>(hundreds * 100 + number), reason};
}

}  // namespace

std::optional<Message> Message::parse(Bytes datagram) noexcept {
    Reader reader(datagram);
    const auto type = reader.be<std::uint16_t>();
    const std::size_t length = reader.be<std::uint16_t>();
    const auto cookie = reader.be<std::uint32_t>();
    const Bytes id = reader.bytes(sizeof(TransactionId));
    if (!reader.ok() || (type & 0xc000) != 0 || cookie != kMagicCookie || length % 4 != 0 ||
        length != reader.rest().size())
        return std::nullopt;

    //  2  2  2  2  2  2  2  2  2  2  2  2  2  2      class bits C1 C0 sit at 0x0100 and 0x0010
    //  M  M  M  M  M  C1 M  M  M  C0 M  M  M  M      among the method bits (RFC 8489 5)
    Message message(datagram);
    message.class_ = static_cast<Class>(((type >> 7) & 0b10) | ((type >> 4) & 0b01));
    message.method_ =
        static_cast<Method>((type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2));
    std::copy(id.begin(), id.end(), message.id_.bytes.begin());
    if (!message.scan_attributes()) return std::nullopt;
    return message;
}

bool Message::scan_attributes() noexcept {
    Reader reader(whole_.subspan(kHeaderSize));
    visible_size_ = reader.rest().size();
    while (!reader.at_end()) {
        const std::size_t at = whole_.size() - reader.rest().size();
        const RawAttribute attribute = next_attribute(reader);
        if (!reader.ok() || !size_is_legal(attribute)) return false;
        if (fingerprint_at_ != 0) continue;
        if (Attribute{attribute.type} == Attribute::fingerprint) {
            fingerprint_at_ = at;
            if (!has_integrity()) visible_size_ = at - kHeaderSize;
        } else if (Attribute{attribute.type} == Attribute::message_integrity && !has_integrity()) {
            integrity_at_ = at;
            visible_size_ = at - kHeaderSize;
        }
    }
    return true;
}

bool Message::integrity_ok(Bytes key) const noexcept {
    if (!has_integrity()) return false;
    const std::size_t value_at = integrity_at_ + kAttributeHeaderSize;
    const auto header = header_ending_at(whole_, value_at + kIntegritySize);
    const auto expected = crypto::hmac_sha1(key, {header, whole_.subspan(4, integrity_at_ - 4)});
    return crypto::equal_constant_time(expected, whole_.subspan(value_at, kIntegritySize));
}

bool Message::fingerprint_ok() const noexcept {
    const std::size_t value_at = fingerprint_at_ + kAttributeHeaderSize;
    if (fingerprint_at_ == 0 || value_at + kFingerprintSize != whole_.size()) return false;
    return load_be<std::uint32_t>(whole_.data() + value_at) ==
           fingerprint_of({whole_.first(fingerprint_at_)});
}

AttributeTypes Message::unknown_required() const noexcept {
    constexpr std::uint16_t kFirstOptional = 0x8000;
    AttributeTypes unknown;
    for (Reader reader(visible()); !reader.at_end() && !unknown.full();) {
        const std::uint16_t type = next_attribute(reader).type;
        if (type < kFirstOptional && !is_known(type)) unknown.push_back(type);
    }
    return unknown;
}

std::optional<Bytes> Message::value_of(Attribute type) const noexcept {
    for (Reader reader(visible()); !reader.at_end();) {
        const RawAttribute attribute = next_attribute(reader);
        if (Attribute{attribute.type} == type) return attribute.value;
    }
    return std::nullopt;
}

std::optional<std::string_view> Message::text_of(Attribute type) const noexcept {
    const auto value = value_of(type);
    return value ? std::optional(as_text(*value)) : std::nullopt;
}

std::optional<std::string_view> Message::username() const noexcept {
    return text_of(Attribute::username);
}
std::optional<std::string_view> Message::realm() const noexcept {
    return text_of(Attribute::realm);
}
std::optional<std::string_view> Message::nonce() const noexcept {
    return text_of(Attribute::nonce);
}
std::optional<std::string_view> Message::software() const noexcept {
    return text_of(Attribute::software);
}

std::optional<ErrorCode> Message::error_code() const noexcept {
    const auto value = value_of(Attribute::error_code);
    if (!value) return std::nullopt;
    Reader reader(*value);
    reader.skip(2);
    return error_in(reader);
}

std::optional<AddressError> Message::address_error_code() const noexcept {
    const auto value = value_of(Attribute::address_error_code);
    if (!value) return std::nullopt;
    Reader reader(*value);
    const auto family = family_of_octet(reader.u8());
    reader.skip(1);
    const auto error = error_in(reader);
    if (!family || !error) return std::nullopt;
    return AddressError{*family, *error};
}

AttributeTypes Message::unknown_attributes() const noexcept {
    AttributeTypes types;
    Reader reader(value_of(Attribute::unknown_attributes).value_or(Bytes{}));
    while (reader.rest().size() >= sizeof(std::uint16_t) && !types.full())
        types.push_back(reader.be<std::uint16_t>());
    return types;
}

std::optional<wire::SocketAddr> Message::xor_address_of(Attribute type) const noexcept {
    const auto value = value_of(type);
    return value ? decode_xor_address(*value, id_) : std::nullopt;
}

std::optional<wire::SocketAddr> Message::xor_mapped_address() const noexcept {
    return xor_address_of(Attribute::xor_mapped_address);
}
std::optional<wire::SocketAddr> Message::xor_peer_address() const noexcept {
    return xor_address_of(Attribute::xor_peer_address);
}

Addresses Message::xor_relayed_addresses() const noexcept {
    Addresses addresses;
    for (Reader reader(visible()); !reader.at_end() && !addresses.full();) {
        const RawAttribute attribute = next_attribute(reader);
        if (Attribute{attribute.type} != Attribute::xor_relayed_address) continue;
        if (const auto address = decode_xor_address(attribute.value, id_))
            addresses.push_back(*address);
    }
    return addresses;
}

std::optional<std::uint32_t> Message::priority() const noexcept {
    return number_in<std::uint32_t>(value_of(Attribute::priority));
}
bool Message::use_candidate() const noexcept {
    return value_of(Attribute::use_candidate).has_value();
}
std::optional<std::uint64_t> Message::ice_controlled() const noexcept {
    return number_in<std::uint64_t>(value_of(Attribute::ice_controlled));
}
std::optional<std::uint64_t> Message::ice_controlling() const noexcept {
    return number_in<std::uint64_t>(value_of(Attribute::ice_controlling));
}

std::optional<std::chrono::seconds> Message::lifetime() const noexcept {
    const auto seconds = number_in<std::uint32_t>(value_of(Attribute::lifetime));
    return seconds ? std::optional(std::chrono::seconds(*seconds)) : std::nullopt;
}

std::optional<wire::ChannelNumber> Message::channel_number() const noexcept {
    const auto word = number_in<std::uint32_t>(value_of(Attribute::channel_number));
    if (!word) return std::nullopt;
    return wire::ChannelNumber{static_cast<std::uint16_t>(*word >> 16)};
}

std::optional<Bytes> Message::data() const noexcept { return value_of(Attribute::data); }

std::optional<std::uint8_t> Message::requested_transport() const noexcept {
    const auto word = number_in<std::uint32_t>(value_of(Attribute::requested_transport));
    return word ? std::optional(static_cast<std::uint8_t>(*word >> 24)) : std::nullopt;
}

std::optional<wire::Family> Message::family_of(Attribute type) const noexcept {
    const auto word = number_in<std::uint32_t>(value_of(type));
    return word ? family_of_octet(static_cast<std::uint8_t>(*word >> 24)) : std::nullopt;
}

std::optional<wire::Family> Message::requested_address_family() const noexcept {
    return family_of(Attribute::requested_address_family);
}
std::optional<wire::Family> Message::additional_address_family() const noexcept {
    return family_of(Attribute::additional_address_family);
}

}  // namespace fz::stun
