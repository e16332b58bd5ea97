// Everything the gateway changes on its host: addresses, routes, rules, forwarding, masquerading.
//
//   auto host = HostNetwork::prepare("tun-firezone", Forwarding::on);   // once the TUN exists
//   host->configure(addresses, routes);             // after every `init` of the portal
//   host->tear_down();                              // at a clean exit, or by the destructor
//
// The families are independent: a kernel without IPv6 costs IPv6 and nothing else. After a kill -9
// the policy rules and the nftables tables stay; both are inert without the device and are
// replaced by the next start.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/expected.h"
#include "os/netlink.h"
#include "wire/cidr.h"
#include "wire/ip_addr.h"

namespace fz::os {

inline constexpr std::uint32_t kSocketMark = 0xfd002021;  ///< on every socket of this process
inline constexpr std::uint32_t kRoutingTable = 0x2021fd00;
inline constexpr std::uint32_t kTunMtu = 1280;            ///< bytes
inline constexpr std::uint32_t kTunQueueLength = 10'000;  ///< packets

/// What could not be set up although the gateway can go on without it; each a line for the
/// operator.
using Problems = std::vector<Error>;

/// Does this host route for others, as a gateway does, or only for itself?
enum class Forwarding : std::uint8_t { off, on };

class HostNetwork {
  public:
    /// With forwarding on: sets the sysctls and installs the firewall tables; what fails there
    /// becomes a problem, because the operator may have arranged it otherwise.
    /// Errors: no netlink, no such device.
    [[nodiscard]] static Expected<HostNetwork> prepare(std::string tun, Forwarding forwarding);
    HostNetwork(HostNetwork&& other) noexcept;
    HostNetwork& operator=(HostNetwork&&) = delete;
    ~HostNetwork();

    /// The problems met since the last call.
    [[nodiscard]] Problems take_problems() { return std::exchange(problems_, {}); }

    /// Replaces the device's addresses, sets the MTU, brings it up and adds the routes to our
    /// table. Repeatable; routes of before stay.
    /// Errors: the device is gone, or neither family could be configured.
    [[nodiscard]] Expected<void> configure(const wire::PerFamily<wire::IpAddr>& addresses,
                                           std::span<const wire::Cidr> routes);

    /// Removes rules and tables; what fails is a problem. The device takes its routes along.
    void tear_down();

  private:
    HostNetwork(std::string tun, Netlink netlink, Forwarding forwarding) noexcept
        : tun_(std::move(tun)), netlink_(std::move(netlink)), forwarding_(forwarding) {}

    void enable_forwarding();
    void note(Expected<void> outcome);
    Expected<void> configure_family(LinkIndex link, const wire::IpAddr& address,
                                    std::span<const wire::Cidr> routes);

    /// One, whatever was there before.
    Expected<void> set_rule(wire::Family family);
    Expected<void> remove_rules(wire::Family family);

    std::string tun_;
    Netlink netlink_;
    Forwarding forwarding_;
    Problems problems_;
    bool prepared_ = false;
    bool rule_v4_ = false;  // set by us
    bool rule_v6_ = false;
};

}  // namespace fz::os
