#include "noise/transcript.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace fz::noise {

namespace {

constexpr std::string_view kConstruction = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s";
constexpr std::string_view kIdentifier = "WireGuard v1 zx2c4 Jason@zx2c4.com";

/// Kdf_n of 5.4: the n-th output hangs on the outputs before it, never on n.
template <std::size_t N>
[[nodiscard]] std::array<crypto::Secret, N> derive(const crypto::Secret& key,
                                                   Bytes input) noexcept {
    const crypto::Secret root = crypto::hmac_blake2s(key.bytes(), {input});
    std::array<crypto::Secret, N> outputs;
    Bytes previous;
    for (std::size_t i = 0; i < N; ++i) {
        const std::array number{static_cast<std::byte>(i + 1)};
        outputs[i] = crypto::hmac_blake2s(root.bytes(), {previous, number});
        previous = std::as_const(outputs[i]).bytes();
    }
    return outputs;
}

}  // namespace

Transcript::Transcript(const crypto::PublicKey& responder) noexcept
    : chaining_key_(crypto::blake2s({as_bytes(kConstruction)})),
      hash_(crypto::blake2s({chaining_key_.bytes(), as_bytes(kIdentifier)})) {
    mix_hash(responder.bytes);
}

void Transcript::mix_ephemeral(const crypto::PublicKey& ephemeral) noexcept {
    chaining_key_ = derive<1>(chaining_key_, ephemeral.bytes)[0];
    mix_hash(ephemeral.bytes);
}

void Transcript::mix_secret(const crypto::Secret& shared) noexcept {
    const auto [chaining_key, key] = derive<2>(chaining_key_, shared.bytes());
    chaining_key_ = chaining_key;
    key_ = key;
}

void Transcript::mix_preshared_key(const crypto::PresharedKey& preshared) noexcept {
    const auto [chaining_key, hashed, key] = derive<3>(chaining_key_, preshared.bytes());
    chaining_key_ = chaining_key;
    mix_hash(hashed.bytes());
    key_ = key;
}

// Counter 0 each time: no key seals twice, since every message part follows a new `mix`.
void Transcript::seal(Bytes text, MutBytes out) noexcept {
    FZ_ASSERT(out.size() == text.size() + crypto::kAeadTagSize);
    std::copy(text.begin(), text.end(), out.begin());
    crypto::seal_in_place(key_, 0, hash_, out.first(text.size()), out.last<crypto::kAeadTagSize>());
    mix_hash(out);
}

crypto::Open Transcript::open(Bytes sealed_text, MutBytes out) noexcept {
    FZ_ASSERT(sealed_text.size() == out.size() + crypto::kAeadTagSize);
    std::copy_n(sealed_text.begin(), out.size(), out.begin());
    const auto verdict =
        crypto::open_in_place(key_, 0, hash_, out, sealed_text.last<crypto::kAeadTagSize>());
    mix_hash(sealed_text);
    return verdict;
}

std::pair<crypto::Secret, crypto::Secret> Transcript::split() const noexcept {
    const auto [first, second] = derive<2>(chaining_key_, {});
    return {first, second};
}

void Transcript::mix_hash(Bytes bytes) noexcept { hash_ = crypto::blake2s({hash_, bytes}); }

}  // namespace fz::noise
