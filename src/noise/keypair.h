// What a handshake yields: the keys and indices of one session, as the data plane installs them.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "crypto/keys.h"

namespace fz::noise {

enum class Role : std::uint8_t { initiator, responder };

struct Keypair {
    std::uint32_t local_index = 0;   ///< ours: the receiver index of messages that we get
    std::uint32_t remote_index = 0;  ///< theirs: the receiver index of messages that we send
    crypto::Secret send_key{};
    crypto::Secret receive_key{};
    Role role = Role::initiator;  ///< who began this session's handshake
    Instant created_at{};
};

}  // namespace fz::noise
