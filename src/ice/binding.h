// The bytes of connectivity checks: Binding requests and their answers, as upstream orders them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "ice/credentials.h"
#include "stun/transaction_id.h"
#include "wire/transmit.h"

namespace fz::ice {

enum class Purpose : std::uint8_t { check, nominate };

struct BindingRequest {
    stun::TransactionId id;
    std::string_view username;  ///< "<peer's ufrag>:<our ufrag>"
    Role role = Role::controlled;
    std::uint64_t tie_breaker = 0;
    std::uint32_t priority = 0;  ///< of a peer-reflexive candidate learned from this check
    Purpose purpose = Purpose::check;
};

/// `key` is the peer's password. Nothing if the username is longer than STUN allows.
/// Source: RFC 8445 7.2.2
[[nodiscard]] std::optional<wire::DatagramBytes> write_request(const BindingRequest& request,
                                                               Bytes key) noexcept;
/// `key` is our own password, in both answers. Source: RFC 8445 7.3.1.2
[[nodiscard]] wire::DatagramBytes write_success(const stun::TransactionId& id,
                                                const wire::SocketAddr& mapped, Bytes key) noexcept;
/// 487: both ends claim one role. Source: RFC 8445 7.3.1.1
[[nodiscard]] wire::DatagramBytes write_role_conflict(const stun::TransactionId& id,
                                                      Bytes key) noexcept;

}  // namespace fz::ice
