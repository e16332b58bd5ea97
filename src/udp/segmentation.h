// What the kernel's refusals to segment mean for later trains.
//
// UDP_SEGMENT depends on the route: behind IPsec, or on a device that cannot checksum, it fails
// with EIO or EINVAL where plain datagrams pass. So a destination that refuses is avoided by
// itself, and only a second one, with nothing taken in between, ends segmentation on this socket
// for good.
#pragma once

#include <optional>

#include "wire/ip_addr.h"

namespace fz::udp {

class Segmentation {
  public:
    explicit Segmentation(bool supported) noexcept : on_(supported) {}

    /// False for good once it was given up.
    [[nodiscard]] bool on() const noexcept { return on_; }
    [[nodiscard]] bool works_for(const wire::IpAddr& destination) const noexcept {
        return on_ && avoided_ != destination;
    }

    /// The kernel took a train.
    void taken() noexcept { taken_since_ = true; }
    /// It refused one whose first datagram, of full length, then passed alone: so neither the
    /// addresses nor the path's MTU were at fault.
    void refused(const wire::IpAddr& destination) noexcept {
        if (avoided_ && *avoided_ != destination && !taken_since_) on_ = false;
        avoided_ = destination;
        taken_since_ = false;
    }

  private:
    bool on_;
    bool taken_since_ = false;  // the refusal of `avoided_`
    std::optional<wire::IpAddr> avoided_;
};

}  // namespace fz::udp
