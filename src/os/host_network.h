// Everything the gateway changes on its host: addresses, routes, rules, forwarding, masquerading.
//
//   auto host = HostNetwork::prepare("tun-firezone");   // at start, after the TUN exists
//   host->configure(addresses);                         // after every `init` of the portal
//   host->tear_down();                                  // at a clean exit; the destructor does it
//   too
//
// The families are independent: a kernel without IPv6 costs IPv6 and nothing else. After a kill -9
// the policy rules and the nftables tables stay; both are inert without the device and are
// replaced by the next start.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/expected.h"
#include "os/netlink.h"
#include "wire/ip_addr.h"

namespace fz::os {

inline constexpr std::uint32_t kSocketMark = 0xfd002021;  ///< on every socket of this process
inline constexpr std::uint32_t kRoutingTable = 0x2021fd00;
inline constexpr std::uint32_t kTunMtu = 1280;            ///< bytes
inline constexpr std::uint32_t kTunQueueLength = 10'000;  ///< packets

/// What could not be set up although the gateway can go on without it; each a line for the
/// operator.
using Problems = std::vector<Error>;

class HostNetwork {
  public:
    /// Turns forwarding on and installs the firewall tables; what fails there becomes a problem,
    /// because the operator may have arranged it otherwise. Errors: no netlink, no such device.
    [[nodiscard]] static Expected<HostNetwork> prepare(std::string tun);
    HostNetwork(HostNetwork&& other) noexcept;
    HostNetwork& operator=(HostNetwork&&) = delete;
    ~HostNetwork();

    /// The problems met since the last call.
    [[nodiscard]] Problems take_problems() { return std::exchange(problems_, {}); }

    /// Replaces the device's addresses, sets MTU and routes and brings it up. Repeatable.
    /// Errors: the device is gone, or neither family could be configured.
    [[nodiscard]] Expected<void> configure(const wire::PerFamily<wire::IpAddr>& addresses);

    /// Removes rules and tables; what fails is a problem. The device takes its routes along.
    void tear_down();

  private:
    HostNetwork(std::string tun, Netlink netlink) noexcept
        : tun_(std::move(tun)), netlink_(std::move(netlink)) {}

    void enable_forwarding();
    void note(Expected<void> outcome);
    Expected<void> configure_family(LinkIndex link, const wire::IpAddr& address);

    std::string tun_;
    Netlink netlink_;
    Problems problems_;
    bool prepared_ = false;
};

}  // namespace fz::os
