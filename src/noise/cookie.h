// The two MACs at the end of a handshake message: one proves interest, one proves an address.
//
// mac1 is keyed with the receiver's public key: a sender who does not know whom it talks to is
// dropped before any curve is touched. mac2 is keyed with a cookie that the receiver has sent to
// the sender's address: under load, a sender without one is asked to show that it receives there.
// Source: WireGuard 5.3, 5.4.4, 5.4.7.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/keys.h"
#include "crypto/random.h"
#include "noise/messages.h"
#include "wire/ip_addr.h"
#include "wire/transmit.h"

namespace fz::noise {

/// The two keys that follow from the public key of a message's receiver.
struct MacKeys {
    explicit MacKeys(const crypto::PublicKey& receiver) noexcept;

    crypto::Secret mac1;    ///< for mac1 itself
    crypto::Secret cookie;  ///< for sealing a cookie on its way to the sender
};

/// The receiving side: checks MACs, hands out cookies. One per node.
class CookieMaker {
  public:
    CookieMaker(const crypto::PublicKey& ours, crypto::Random& random) noexcept;

    enum class Proof { none, mac1, mac1_and_mac2 };
    /// What an initiation or response from `source` proves about its sender.
    [[nodiscard]] Proof check(Bytes message, const wire::SocketAddr& source, Instant now) noexcept;

    /// The cookie reply to a message whose mac1 was right.
    [[nodiscard]] wire::DatagramBytes reply(Bytes message, const wire::SocketAddr& source,
                                            Instant now) noexcept;

  private:
    /// A MAC over the sender's address under a secret that changes every kCookieLifetime.
    [[nodiscard]] Cookie cookie_for(const wire::SocketAddr& source, Instant now) noexcept;

    MacKeys keys_;
    crypto::Random& random_;
    crypto::Secret secret_;
    std::optional<Instant> secret_made_at_;
};

/// The sending side: stamps messages, keeps the cookie it was given. One per peer.
class CookieJar {
  public:
    explicit CookieJar(const crypto::PublicKey& theirs) noexcept : keys_(theirs) {}

    /// Fills the MACs of an initiation or response to this peer.
    void stamp(MutBytes message, Instant now) noexcept;
    /// Keeps the cookie for the next message. False unless the reply answers the last message
    /// stamped.
    bool keep(const CookieReply& reply, Instant now) noexcept;

  private:
    struct Kept {
        Cookie cookie;
        Instant since;
    };

    MacKeys keys_;
    std::optional<Mac> last_mac1_;
    std::optional<Kept> kept_;
};

}  // namespace fz::noise
