// A TURN server as the portal names it: where it listens and who we are to it.
#pragma once

#include <string>

#include "wire/ip_addr.h"

namespace fz::turn {

struct Server {
    wire::PerFamily<wire::SocketAddr> sockets;  ///< either or both
    std::string username;
    std::string password;
    std::string realm = "firezone";  ///< until the server names its own

    friend bool operator==(const Server&, const Server&) = default;
};

}  // namespace fz::turn
