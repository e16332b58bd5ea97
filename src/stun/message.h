// A received STUN message as a borrowed, checked view of its bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/inplace_vector.h"
#include "stun/attributes.h"
#include "stun/transaction_id.h"
#include "wire/channel_data.h"
#include "wire/ip_addr.h"

namespace fz::stun {

struct ErrorCode {
    std::uint16_t code = 0;   ///< 300..699
    std::string_view reason;  ///< without the NULs some servers count in
};

/// One family of a dual allocation that the server could not serve (RFC 8656 18.12).
struct AddressError {
    wire::Family family = wire::Family::v4;
    ErrorCode error;
};

using AttributeTypes = InplaceVector<std::uint16_t, 16>;
using Addresses = InplaceVector<wire::SocketAddr, 4>;

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |0 0|     STUN Message Type     |         Message Length        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                         Magic Cookie                          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                  Transaction ID (96 bits) ...                 |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
/// Of a repeated attribute the first counts. An attribute whose value is malformed reads as absent.
/// What follows MESSAGE-INTEGRITY is not covered by it and reads as absent, FINGERPRINT excepted
/// (RFC 8489 14.5). Views handed out live as long as the datagram.
class Message {
  public:
    /// Nothing unless the datagram is exactly one well-formed message: zero top bits, cookie,
    /// length field, all attributes within bounds, texts no longer than RFC 8489 allows.
    [[nodiscard]] static std::optional<Message> parse(Bytes datagram) noexcept;

    [[nodiscard]] Class cls() const noexcept { return class_; }
    /// May hold a value that is no enumerator: a method we do not know.
    [[nodiscard]] Method method() const noexcept { return method_; }
    [[nodiscard]] const TransactionId& transaction_id() const noexcept { return id_; }
    [[nodiscard]] bool is(Class cls, Method method) const noexcept {
        return class_ == cls && method_ == method;
    }

    [[nodiscard]] bool has_integrity() const noexcept { return integrity_at_ != 0; }
    /// True if MESSAGE-INTEGRITY is there and is the HMAC-SHA1 under `key`. Constant time.
    [[nodiscard]] bool integrity_ok(Bytes key) const noexcept;
    /// True if FINGERPRINT is there, is the last attribute, and is right.
    [[nodiscard]] bool fingerprint_ok() const noexcept;
    /// Comprehension-required attributes we do not know, in order; the first 16 (RFC 8489 6.3.1).
    [[nodiscard]] AttributeTypes unknown_required() const noexcept;

    [[nodiscard]] std::optional<std::string_view> username() const noexcept;
    [[nodiscard]] std::optional<std::string_view> realm() const noexcept;
    [[nodiscard]] std::optional<std::string_view> nonce() const noexcept;
    [[nodiscard]] std::optional<std::string_view> software() const noexcept;
    [[nodiscard]] std::optional<ErrorCode> error_code() const noexcept;
    [[nodiscard]] AttributeTypes unknown_attributes() const noexcept;
    [[nodiscard]] std::optional<wire::SocketAddr> xor_mapped_address() const noexcept;

    [[nodiscard]] std::optional<std::uint32_t> priority() const noexcept;
    [[nodiscard]] bool use_candidate() const noexcept;
    [[nodiscard]] std::optional<std::uint64_t> ice_controlled() const noexcept;
    [[nodiscard]] std::optional<std::uint64_t> ice_controlling() const noexcept;

    [[nodiscard]] std::optional<wire::SocketAddr> xor_peer_address() const noexcept;
    /// All XOR-RELAYED-ADDRESS in order, the first four.
    [[nodiscard]] Addresses xor_relayed_addresses() const noexcept;
    [[nodiscard]] std::optional<std::chrono::seconds> lifetime() const noexcept;
    [[nodiscard]] std::optional<wire::ChannelNumber> channel_number() const noexcept;
    [[nodiscard]] std::optional<Bytes> data() const noexcept;
    [[nodiscard]] std::optional<std::uint8_t> requested_transport() const noexcept;
    [[nodiscard]] std::optional<wire::Family> requested_address_family() const noexcept;
    [[nodiscard]] std::optional<wire::Family> additional_address_family() const noexcept;
    [[nodiscard]] std::optional<AddressError> address_error_code() const noexcept;

    /// The raw value of the first attribute of that type.
    [[nodiscard]] std::optional<Bytes> value_of(Attribute type) const noexcept;

  private:
    explicit Message(Bytes datagram) noexcept : whole_(datagram) {}
    [[nodiscard]] bool scan_attributes() noexcept;
    [[nodiscard]] Bytes visible() const noexcept {
        return whole_.subspan(kHeaderSize, visible_size_);
    }
    [[nodiscard]] std::optional<std::string_view> text_of(Attribute type) const noexcept;
    [[nodiscard]] std::optional<wire::SocketAddr> xor_address_of(Attribute type) const noexcept;
    [[nodiscard]] std::optional<wire::Family> family_of(Attribute type) const noexcept;

    Bytes whole_;
    Class class_ = Class::request;
    Method method_ = Method::binding;
    TransactionId id_;
    std::size_t visible_size_ = 0;    ///< bytes of attributes before MESSAGE-INTEGRITY
    std::size_t integrity_at_ = 0;    ///< offset in whole_; 0 if absent
    std::size_t fingerprint_at_ = 0;  ///< offset in whole_; 0 if absent
};

}  // namespace fz::stun
