#include "stun/credentials.h"

#include <string>

namespace fz::stun {

crypto::Digest16 long_term_key(std::string_view username, std::string_view realm,
                               std::string_view password) {
    std::string text;
    text.reserve(username.size() + realm.size() + password.size() + 2);
    text.append(username).append(":").append(realm).append(":").append(password);
    return crypto::md5(as_bytes(text));
}

}  // namespace fz::stun
