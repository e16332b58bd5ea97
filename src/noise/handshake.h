// Noise_IKpsk2 as plain functions: what each side says, and the keys that both end up with.
//
//   initiator                                   responder
//   begin()             --- initiation --->     open_initiation(), then answer()
//   finish()            <--- response ----
//
// No function remembers anything: ephemeral keys, indices and times come in, messages and keys go
// out. MACs are cookie.h's, repetition is tunnel.h's. Source: WireGuard 5.4.2, 5.4.3, 5.4.5.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/keys.h"
#include "noise/keypair.h"
#include "noise/messages.h"
#include "noise/tai64n.h"
#include "noise/transcript.h"

namespace fz::noise {

/// What the initiator keeps until the response comes.
struct PendingInitiation {
    Transcript transcript;
    crypto::PrivateKey ephemeral;
    std::uint32_t local_index = 0;
};

struct Begun {
    Initiation message;
    PendingInitiation pending;
};

/// Nothing if `theirs` is no usable public key (a point of low order).
[[nodiscard]] std::optional<Begun> begin(const crypto::KeyPair& ours,
                                         const crypto::PublicKey& theirs,
                                         const crypto::KeyPair& ephemeral,
                                         std::uint32_t local_index,
                                         const Tai64n& timestamp) noexcept;

/// Nothing if the response does not answer `pending`, or not with this pre-shared key.
[[nodiscard]] std::optional<Keypair> finish(const PendingInitiation& pending,
                                            const crypto::KeyPair& ours,
                                            const crypto::PresharedKey& preshared_key,
                                            const Response& response, Instant now) noexcept;

/// An authentic initiation. It may still be a replay: the timestamp tells (Tunnel::accept).
struct OpenedInitiation {
    crypto::PublicKey initiator{};  ///< their static key: whose connection this is
    Tai64n timestamp{};
    std::uint32_t remote_index = 0;
    crypto::PublicKey ephemeral{};
    Transcript transcript;
};

/// Nothing if the bytes are no initiation to us. Two X25519: ask the Gatekeeper first.
[[nodiscard]] std::optional<OpenedInitiation> open_initiation(const crypto::KeyPair& ours,
                                                              Bytes message) noexcept;

struct Answered {
    Response message;
    Keypair keypair;
};

/// Nothing only if the initiator's keys are of low order.
[[nodiscard]] std::optional<Answered> answer(const OpenedInitiation& initiation,
                                             const crypto::PresharedKey& preshared_key,
                                             const crypto::KeyPair& ephemeral,
                                             std::uint32_t local_index, Instant now) noexcept;

}  // namespace fz::noise
