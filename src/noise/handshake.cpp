#include "noise/handshake.h"

#include "crypto/x25519.h"

namespace fz::noise {

namespace {

/// Mixes the Diffie-Hellman of two keys. False if the foreign key is of low order.
[[nodiscard]] bool mix_dh(Transcript& transcript, const crypto::PrivateKey& ours,
                          const crypto::PublicKey& theirs) noexcept {
    const auto shared = crypto::x25519(ours, theirs);
    if (shared) transcript.mix_secret(*shared);
    return shared.has_value();
}

}  // namespace

std::optional<Begun> begin(const crypto::KeyPair& ours, const crypto::PublicKey& theirs,
                           const crypto::KeyPair& ephemeral, std::uint32_t local_index,
                           const Tai64n& timestamp) noexcept {
    Initiation message{.sender = local_index, .ephemeral = ephemeral.public_key};
    Transcript transcript(theirs);
    transcript.mix_ephemeral(ephemeral.public_key);
    if (!mix_dh(transcript, ephemeral.private_key, theirs)) return std::nullopt;
    transcript.seal(ours.public_key.bytes, message.sealed_static);
    if (!mix_dh(transcript, ours.private_key, theirs)) return std::nullopt;
    transcript.seal(timestamp.bytes, message.sealed_timestamp);
    return Begun{message, {transcript, ephemeral.private_key, local_index}};
}

std::optional<Keypair> finish(const PendingInitiation& pending, const crypto::KeyPair& ours,
                              const crypto::PresharedKey& preshared_key, const Response& response,
                              Instant now) noexcept {
    if (response.receiver != pending.local_index) return std::nullopt;
    Transcript transcript = pending.transcript;
    transcript.mix_ephemeral(response.ephemeral);
    if (!mix_dh(transcript, pending.ephemeral, response.ephemeral)) return std::nullopt;
    if (!mix_dh(transcript, ours.private_key, response.ephemeral)) return std::nullopt;
    transcript.mix_preshared_key(preshared_key);
    if (transcript.open(response.sealed_nothing, {}) == crypto::Open::rejected) return std::nullopt;
    const auto [initiator_sends, responder_sends] = transcript.split();
    return Keypair{.local_index = pending.local_index,
                   .remote_index = response.sender,
                   .send_key = initiator_sends,
                   .receive_key = responder_sends,
                   .role = Role::initiator,
                   .created_at = now};
}

std::optional<OpenedInitiation> open_initiation(const crypto::KeyPair& ours,
                                                Bytes message) noexcept {
    const auto initiation = Initiation::parse(message);
    if (!initiation) return std::nullopt;
    OpenedInitiation opened{.remote_index = initiation->sender,
                            .ephemeral = initiation->ephemeral,
                            .transcript = Transcript(ours.public_key)};
    Transcript& transcript = opened.transcript;
    transcript.mix_ephemeral(initiation->ephemeral);
    if (!mix_dh(transcript, ours.private_key, initiation->ephemeral)) return std::nullopt;
    if (transcript.open(initiation->sealed_static, opened.initiator.bytes) ==
        crypto::Open::rejected)
        return std::nullopt;
    if (!mix_dh(transcript, ours.private_key, opened.initiator)) return std::nullopt;
    if (transcript.open(initiation->sealed_timestamp, opened.timestamp.bytes) ==
        crypto::Open::rejected)
        return std::nullopt;
    return opened;
}

std::optional<Answered> answer(const OpenedInitiation& initiation,
                               const crypto::PresharedKey& preshared_key,
                               const crypto::KeyPair& ephemeral, std::uint32_t local_index,
                               Instant now) noexcept {
    Response message{.sender = local_index,
                     .receiver = initiation.remote_index,
                     .ephemeral = ephemeral.public_key};
    Transcript transcript = initiation.transcript;
    transcript.mix_ephemeral(ephemeral.public_key);
    if (!mix_dh(transcript, ephemeral.private_key, initiation.ephemeral)) return std::nullopt;
    if (!mix_dh(transcript, ephemeral.private_key, initiation.initiator)) return std::nullopt;
    transcript.mix_preshared_key(preshared_key);
    transcript.seal({}, message.sealed_nothing);
    const auto [initiator_sends, responder_sends] = transcript.split();
    return Answered{message,
                    {.local_index = local_index,
                     .remote_index = initiation.remote_index,
                     .send_key = responder_sends,
                     .receive_key = initiator_sends,
                     .role = Role::responder,
                     .created_at = now}};
}

}  // namespace fz::noise
