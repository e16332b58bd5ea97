// Writes one STUN message, attribute after attribute in the order of the calls.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "stun/attributes.h"
#include "stun/message.h"
#include "stun/transaction_id.h"
#include "wire/channel_data.h"
#include "wire/ip_addr.h"
#include "wire/transmit.h"

namespace fz::stun {

/// After every call `out` holds a complete message, so there is nothing to finish. `integrity`
/// covers what was written before it, and `fingerprint` must be the last call. What does not fit,
/// or is longer than RFC 8489 allows, is left out, and `ok()` is false from then on.
///
///   Builder(out, Class::request, Method::binding, id).username(name).integrity(key).fingerprint();
class Builder {
  public:
    Builder(wire::DatagramBytes& out, Class cls, Method method, const TransactionId& id) noexcept;

    Builder& username(std::string_view text) noexcept;
    Builder& realm(std::string_view text) noexcept;
    Builder& nonce(std::string_view text) noexcept;
    Builder& software(std::string_view text) noexcept;
    Builder& error_code(std::uint16_t code, std::string_view reason) noexcept;  ///< 300..699
    Builder& unknown_attributes(const AttributeTypes& types) noexcept;
    Builder& xor_mapped_address(const wire::SocketAddr& address) noexcept;

    Builder& priority(std::uint32_t value) noexcept;
    Builder& use_candidate() noexcept;
    Builder& ice_controlled(std::uint64_t tie_breaker) noexcept;
    Builder& ice_controlling(std::uint64_t tie_breaker) noexcept;

    Builder& xor_peer_address(const wire::SocketAddr& address) noexcept;
    Builder& xor_relayed_address(const wire::SocketAddr& address) noexcept;
    Builder& lifetime(std::chrono::seconds value) noexcept;
    Builder& channel_number(wire::ChannelNumber number) noexcept;
    Builder& data(Bytes payload) noexcept;
    Builder& requested_transport(std::uint8_t protocol) noexcept;
    Builder& requested_address_family(wire::Family family) noexcept;
    Builder& additional_address_family(wire::Family family) noexcept;
    Builder& address_error_code(wire::Family family, std::uint16_t code,
                                std::string_view reason) noexcept;

    /// Any attribute by its number: what servers add that this page does not name.
    Builder& attribute(std::uint16_t type, Bytes value) noexcept;

    /// MESSAGE-INTEGRITY, HMAC-SHA1 under `key` (credentials.h).
    Builder& integrity(Bytes key) noexcept;
    Builder& fingerprint() noexcept;

    [[nodiscard]] bool ok() const noexcept { return ok_; }

  private:
    Builder& attribute(Attribute type, Bytes value) noexcept;
    Builder& text(Attribute type, std::string_view text, std::size_t limit) noexcept;
    Builder& xor_address(Attribute type, const wire::SocketAddr& address) noexcept;
    Builder& family(Attribute type, wire::Family family) noexcept;
    template <std::unsigned_integral T>
    Builder& number(Attribute type, T value) noexcept;
    void set_length(std::size_t message_size) noexcept;

    wire::DatagramBytes& out_;
    TransactionId id_;
    bool ok_ = true;
};

}  // namespace fz::stun
