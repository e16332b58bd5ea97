// What one client may reach at this moment, compiled for the packet path: immutable, no allocation.
#pragma once

#include <cstdint>
#include <optional>

#include "policy/filter_table.h"
#include "policy/verdict.h"
#include "wire/ip_packet.h"

namespace fz::policy {

using TunnelAddresses = wire::PerFamily<wire::IpAddr>;  ///< of one client or of the gateway

enum class InternetAccess : std::uint8_t { refused, granted };

/// Stateless: each packet is judged by its addresses and ports alone, so what is revoked ends with
/// the next packet. Any thread; every call is const and noexcept.
class Access {
  public:
    Access(TunnelAddresses client, TunnelAddresses gateway, FilterTable networks,
           InternetAccess internet)
        : client_(client),
          gateway_(gateway),
          networks_(std::move(networks)),
          internet_(internet == InternetAccess::granted) {}

    /// Judges a packet from the client. In this order:
    ///  1. nothing goes to multicast or broadcast;
    ///  2. the source is the client's own tunnel address;
    ///  3. the gateway's tunnel address is open, whatever the protocol (DNS, ping);
    ///  4. no other tunnel address is a resource (a packet would come out at another client), nor
    ///  is
    ///     this host's loopback; proxy addresses of DNS resources lead nowhere;
    ///  5. the Internet resource reaches every public address, whatever other filters say;
    ///  6. the filters of all networks around the destination decide, by destination port.
    [[nodiscard]] Verdict outbound(const wire::IpPacketView& packet) const noexcept;

    /// Judges a packet for the client from the private network. In this order:
    ///  1. the destination is the client's own tunnel address;
    ///  2. the gateway's own tunnel address may say anything;
    ///  3. other tunnel addresses and proxy addresses may say nothing;
    ///  4. an ICMP error about a packet of this client passes, wherever it comes from;
    ///  5. the Internet resource lets every public address answer;
    ///  6. the filters of all networks around the source decide, by source port.
    [[nodiscard]] Verdict inbound(const wire::IpPacketView& packet) const noexcept;

  private:
    TunnelAddresses client_;
    TunnelAddresses gateway_;
    FilterTable networks_;
    bool internet_;
};

}  // namespace fz::policy
