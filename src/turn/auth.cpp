#include "turn/auth.h"

#include <utility>

#include "stun/credentials.h"

namespace fz::turn {

Auth::Auth(std::string username, std::string password, std::string realm)
    : username_(std::move(username)),
      password_(std::move(password)),
      realm_(std::move(realm)),
      key_(stun::long_term_key(username_, realm_, password_)) {}

void Auth::sign(stun::Builder& builder) const {
    if (generation_ == 0) return;
    builder.username(username_).realm(realm_).nonce(nonce_).integrity(key_);
}

bool Auth::accept_challenge(const stun::Message& response) {
    const auto nonce = response.nonce();
    if (!nonce) return false;
    nonce_ = *nonce;
    ++generation_;
    if (const auto realm = response.realm(); realm && *realm != realm_) {
        realm_ = *realm;
        key_ = stun::long_term_key(username_, realm_, password_);
    }
    return true;
}

bool Auth::verifies(const stun::Message& response) const noexcept {
    return response.integrity_ok(key_);
}

}  // namespace fz::turn
