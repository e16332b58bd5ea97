// WireGuard on the wire: every message, every size and every limit of the protocol, on one page.
//
// Start here. The order of the other files: handshake.h (how two sides agree on keys), cookie.h and
// gatekeeper.h (who is worth the work), tunnel.h (when to do it), replay_window.h (data).
// Integers are little-endian. Source: WireGuard paper 5.4 (messages), 6.1 (constants).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/keys.h"
#include "crypto/random.h"
#include "noise/tai64n.h"

namespace fz::noise {

// The type is one byte and three reserved zero bytes: read as one word, both are checked at once.
enum class MessageType : std::uint32_t { initiation = 1, response = 2, cookie_reply = 3, data = 4 };

/// An AEAD's output: the text, then the tag.
[[nodiscard]] constexpr std::size_t sealed(std::size_t text_size) noexcept {
    return text_size + crypto::kAeadTagSize;
}

using Mac = crypto::Digest16;     ///< mac1 and mac2 (5.4.4)
using Cookie = crypto::Digest16;  ///< what mac2 is keyed with (5.4.7)
inline constexpr std::size_t kMacsSize = 2 * sizeof(Mac);

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |       1       |                  reserved (0)                 |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                             sender                            |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                      ephemeral (32 bytes)                     |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |              static, sealed (32 + 16 bytes)                   |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |              timestamp, sealed (12 + 16 bytes)                |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                mac1 (16 bytes)  mac2 (16 bytes)               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
struct Initiation {
    std::uint32_t sender = 0;
    crypto::PublicKey ephemeral{};
    std::array<std::byte, sealed(crypto::kKeySize)> sealed_static{};
    std::array<std::byte, sealed(kTai64nSize)> sealed_timestamp{};
    // The macs are cookie.h's: they cover the bytes before them, whatever those mean.

    static constexpr std::size_t kSize =
        4 + 4 + crypto::kKeySize + sealed(crypto::kKeySize) + sealed(kTai64nSize) + kMacsSize;
    [[nodiscard]] static std::optional<Initiation> parse(Bytes message) noexcept;
    /// Writes kSize bytes, the macs as zeros.
    void write(MutBytes message) const noexcept;
};
static_assert(Initiation::kSize == 148);

// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |       2       |                  reserved (0)                 |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                             sender                            |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                            receiver                           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                      ephemeral (32 bytes)                     |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                 nothing, sealed (0 + 16 bytes)                |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                mac1 (16 bytes)  mac2 (16 bytes)               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
struct Response {
    std::uint32_t sender = 0;
    std::uint32_t receiver = 0;
    crypto::PublicKey ephemeral{};
    std::array<std::byte, sealed(0)> sealed_nothing{};

    static constexpr std::size_t kSize = 4 + 4 + 4 + crypto::kKeySize + sealed(0) + kMacsSize;
    [[nodiscard]] static std::optional<Response> parse(Bytes message) noexcept;
    /// Writes kSize bytes, the macs as zeros.
    void write(MutBytes message) const noexcept;
};
static_assert(Response::kSize == 92);

// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |       3       |                  reserved (0)                 |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                            receiver                           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                        nonce (24 bytes)                       |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                 cookie, sealed (16 + 16 bytes)                |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
struct CookieReply {
    std::uint32_t receiver = 0;
    std::array<std::byte, crypto::kXNonceSize> nonce{};
    std::array<std::byte, sealed(sizeof(Cookie))> sealed_cookie{};

    static constexpr std::size_t kSize = 4 + 4 + crypto::kXNonceSize + sealed(sizeof(Cookie));
    [[nodiscard]] static std::optional<CookieReply> parse(Bytes message) noexcept;
    /// Writes kSize bytes.
    void write(MutBytes message) const noexcept;
};
static_assert(CookieReply::kSize == 64);

// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |       4       |                  reserved (0)                 |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                            receiver                           |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                       counter (64 bits)                       |
// |                                                               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |     an IP packet or nothing (a keep-alive), sealed            |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
inline constexpr std::size_t kDataHeaderSize = 4 + 4 + 8;
inline constexpr std::size_t kKeepaliveSize = kDataHeaderSize + sealed(0);
static_assert(kKeepaliveSize == 32);

/// Which message these bytes are by exact type word and size, or nothing. Proves no authenticity.
[[nodiscard]] std::optional<MessageType> classify(Bytes datagram) noexcept;

/// The index that names a session of ours, in any message that carries one (all but initiations).
[[nodiscard]] std::optional<std::uint32_t> receiver_of(Bytes datagram) noexcept;

// Limits on one session (6.1, 6.2).
inline constexpr std::uint64_t kRekeyAfterMessages = std::uint64_t{1} << 60;
inline constexpr std::uint64_t kRejectAfterMessages = ~std::uint64_t{0} - (std::uint64_t{1} << 13);
inline constexpr Duration kRekeyAfterTime = 120s;
inline constexpr Duration kRejectAfterTime = 180s;

// The pace of handshakes and keep-alives (6.1, 6.4, 6.5).
inline constexpr Duration kRekeyTimeout = 5s;
inline constexpr Duration kMaxRekeyJitter = 333ms;
inline constexpr Duration kKeepaliveTimeout = 10s;
/// An initiator that hears from its peer this late in a session re-keys, while there is still time.
inline constexpr Duration kRekeyAfterTimeReceiving =
    kRejectAfterTime - kKeepaliveTimeout - kRekeyTimeout;
/// Data went out and nothing came back for as long as a keep-alive and a round trip may take.
inline constexpr Duration kNoAnswerTimeout = kKeepaliveTimeout + kRekeyTimeout;
/// Without a new session for this long a connection is over, its keys are forgotten (6.3).
inline constexpr Duration kForgetAfterTime = 3 * kRejectAfterTime;

// Cookies (5.3, 5.4.7).
inline constexpr Duration kCookieLifetime = 120s;

}  // namespace fz::noise
