// How the server sees us: the host and server-reflexive address of each family, and their changes.
#pragma once

#include <vector>

#include "turn/event.h"
#include "wire/ip_addr.h"

namespace fz::turn {

/// True for addresses a peer could send to: not unspecified, multicast, broadcast or IPv4
/// link-local.
[[nodiscard]] bool is_usable(const wire::SocketAddr& address) noexcept;

class ReflexiveAddresses {
  public:
    /// A BINDING answer arrived at `local` and says that the server saw us as `mapped`. Returns
    /// what changed, losses first.
    [[nodiscard]] std::vector<Event> note(const wire::SocketAddr& local,
                                          const std::optional<wire::SocketAddr>& mapped);
    /// What is known now: host before server-reflexive, IPv4 before IPv6.
    [[nodiscard]] std::vector<Address> all() const;
    /// Our own address of that family, as last seen.
    [[nodiscard]] std::optional<wire::SocketAddr> host(wire::Family family) const;

  private:
    struct Seen {
        std::optional<Address> host;
        std::optional<Address> mapped;
    };
    Seen v4_;
    Seen v6_;
};

}  // namespace fz::turn
