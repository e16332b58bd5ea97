// A small synchronous rtnetlink socket: each call sends one request and waits for its answer.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/expected.h"
#include "os/unique_fd.h"
#include "wire/cidr.h"

namespace fz::os {

class NetlinkRequest;

/// A network interface of this namespace, by kernel index (1 and up).
struct LinkIndex {
    unsigned value;
};

/// Errors: each carries the kernel's errno (EEXIST, ENODEV, EOPNOTSUPP, ...). The caller knows
/// which of them it can live with.
class Netlink {
  public:
    [[nodiscard]] static Expected<Netlink> open();

    [[nodiscard]] Expected<LinkIndex> find_link(const std::string& name);
    /// `bytes` of IP packet.
    [[nodiscard]] Expected<void> set_mtu(LinkIndex link, std::uint32_t bytes);
    /// `packets` the device queues before it drops.
    [[nodiscard]] Expected<void> set_tx_queue_length(LinkIndex link, std::uint32_t packets);
    [[nodiscard]] Expected<void> set_up(LinkIndex link);

    /// Removes every address of the family, link-local ones included.
    [[nodiscard]] Expected<void> flush_addresses(LinkIndex link, wire::Family family);
    /// Adds `ip` as a host address: /32 or /128.
    [[nodiscard]] Expected<void> add_address(LinkIndex link, const wire::IpAddr& ip);

    [[nodiscard]] Expected<void> add_route(LinkIndex link, const wire::Cidr& to,
                                           std::uint32_t table);
    /// "not fwmark `mark` lookup `table`": all traffic but that of marked sockets.
    [[nodiscard]] Expected<void> add_unmarked_rule(wire::Family family, std::uint32_t mark,
                                                   std::uint32_t table);
    [[nodiscard]] Expected<void> remove_unmarked_rule(wire::Family family, std::uint32_t mark,
                                                      std::uint32_t table);

  private:
    explicit Netlink(UniqueFd fd) noexcept : fd_(std::move(fd)) {}

    using Visitor = std::function<void(Bytes body)>;
    /// Sends one request and reads until its acknowledgement or the end of its dump; `visit` sees
    /// the body of each message between. Errors: `what` and the kernel's errno.
    Expected<void> exchange(NetlinkRequest& message, const std::string& what, const Visitor& visit);
    Expected<void> request(NetlinkRequest message, const std::string& what);

    UniqueFd fd_;
    std::uint32_t sequence_ = 0;
};

}  // namespace fz::os
