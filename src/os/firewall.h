// The gateway's own nftables tables: forwarding through the tunnel device, masquerading behind it.
#pragma once

#include <string>

#include "base/expected.h"
#include "wire/cidr.h"

namespace fz::os {

/// Installs table `firezone` of the family of `clients`, in one transaction that replaces what an
/// earlier run left: forwarding to and from `tun` is accepted, and what comes from `clients` and
/// leaves through anything but `tun` or `lo` is masqueraded.
[[nodiscard]] Expected<void> install_firewall(const std::string& tun, const wire::Cidr& clients);
/// Removes the table; that it is not there is no error.
[[nodiscard]] Expected<void> remove_firewall(wire::Family family);

}  // namespace fz::os
