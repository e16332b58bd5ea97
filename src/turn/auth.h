// Long-term credentials towards one server: what it asked for, and the key that follows (RFC
// 8489 9.2).
#pragma once

#include <string>

#include "crypto/hash.h"
#include "stun/builder.h"
#include "stun/message.h"

namespace fz::turn {

/// Until the server has sent a nonce requests go out bare: RFC 8489 9.2.3.1 wants it so, and a
/// standard server answers anything else with 400.
class Auth {
  public:
    Auth(std::string username, std::string password, std::string realm);

    /// Which nonce requests are signed with: 0 for none yet, else counting up.
    [[nodiscard]] unsigned generation() const noexcept { return generation_; }

    /// Adds USERNAME, REALM, NONCE and MESSAGE-INTEGRITY, or nothing before the first challenge.
    void sign(stun::Builder& builder) const;
    /// Takes NONCE, and REALM if there is one, from a 401 or 438. False if it has no nonce.
    [[nodiscard]] bool accept_challenge(const stun::Message& response);
    /// True if the server knows our password.
    [[nodiscard]] bool verifies(const stun::Message& response) const noexcept;

  private:
    std::string username_;
    std::string password_;
    std::string realm_;
    std::string nonce_;
    crypto::Digest16 key_;
    unsigned generation_ = 0;
};

}  // namespace fz::turn
