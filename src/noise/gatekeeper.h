// Decides which handshake messages are worth a curve operation: one per node, before everything.
#pragma once

#include <variant>

#include "base/bytes.h"
#include "base/time.h"
#include "crypto/random.h"
#include "noise/cookie.h"
#include "noise/rate_limiter.h"
#include "wire/ip_addr.h"
#include "wire/transmit.h"

namespace fz::noise {

struct Admit {};  ///< go on with open_initiation or Tunnel::handle_response
struct Drop {};   ///< not for us: mac1 is wrong, or it is no handshake message
struct Reply {    ///< send this to where the message came from, and forget the message
    wire::DatagramBytes cookie_reply;
};
using Verdict = std::variant<Admit, Drop, Reply>;

/// Under normal load mac1 is enough; beyond RateLimiter's budget mac2 is required too.
class Gatekeeper {
  public:
    /// `random` outlives the gatekeeper.
    Gatekeeper(const crypto::PublicKey& ours, crypto::Random& random) noexcept
        : cookies_(ours, random) {}

    /// Judges an initiation or a response. Costs one or two BLAKE2s, never an X25519.
    /// `source` is the sender as seen behind any relay; cookies are bound to it, port included.
    [[nodiscard]] Verdict admit(Bytes message, const wire::SocketAddr& source, Now now) noexcept;

  private:
    CookieMaker cookies_;
    RateLimiter limiter_;
};

}  // namespace fz::noise
