// What both ends of a connection know of each other's agent (RFC 8445 5.3).
#pragma once

#include <string>

namespace fz::ice {

struct Credentials {
    std::string ufrag;
    std::string password;

    friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// Who decides: clients are controlling, gateways controlled, for the life of the connection.
enum class Role : unsigned char { controlling, controlled };

}  // namespace fz::ice
