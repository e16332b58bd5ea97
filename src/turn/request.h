// The requests we send and why: the dialect that the Firezone relay and standard servers share.
#pragma once

#include <cstdint>

#include "stun/transaction.h"
#include "stun/transaction_id.h"
#include "turn/auth.h"
#include "turn/event.h"
#include "wire/transmit.h"

namespace fz::turn {

enum class Purpose : std::uint8_t {
    find_server,  ///< BINDING, on every socket at once: who answers first?
    keep_alive,   ///< BINDING: is it still there, and do we still look the same?
    allocate,
    refresh,
    probe,        ///< REFRESH with one second to answer
    clear_stale,  ///< REFRESH 0 of an allocation we do not know, left by our predecessor
    release,      ///< REFRESH 0 of our own
    bind_channel,
};

struct Request {
    Purpose purpose;
    wire::SocketAddr to;
    Binding binding{};  ///< of bind_channel
};

[[nodiscard]] stun::Method method_of(Purpose purpose) noexcept;
[[nodiscard]] stun::RetransmitPolicy policy_of(Purpose purpose) noexcept;
[[nodiscard]] bool is_authenticated(Purpose purpose) noexcept;

/// The datagram. Equal arguments give equal bytes, so a copy need not be kept for retransmission.
[[nodiscard]] wire::Transmit encode(const Request& request, const stun::TransactionId& id,
                                    const Auth& auth);

}  // namespace fz::turn
