// The TUN door: a multi-queue device whose queues move IP packets and super-packets behind a
// virtio_net_hdr.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.h"
#include "tun/tun_queue.h"

namespace fz::tun {

inline constexpr char kDeviceName[] = "tun-firezone";

/// The super-packets that the kernel hands over.
enum class Offloads : std::uint8_t { none, tcp, tcp_and_udp };
[[nodiscard]] std::string_view name_of(Offloads offloads) noexcept;

/// The device lives as long as one of its queues.
class TunDevice {
  public:
    /// Creates `name`, down and without addresses, with `queues` queues. Creates /dev/net/tun where
    /// it is missing. Errors: no permission, no TUN driver, a device of that name exists.
    [[nodiscard]] static Expected<TunDevice> create(const std::string& name, std::size_t queues);

    [[nodiscard]] TunQueue& queue(std::size_t index) noexcept { return queues_[index]; }
    [[nodiscard]] std::size_t queue_count() const noexcept { return queues_.size(); }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] Offloads offloads() const noexcept { return offloads_; }

  private:
    TunDevice(std::string name, std::vector<TunQueue> queues, Offloads offloads) noexcept
        : name_(std::move(name)), queues_(std::move(queues)), offloads_(offloads) {}

    std::string name_;
    std::vector<TunQueue> queues_;
    Offloads offloads_;
};

}  // namespace fz::tun
