// The XDP path of one interface, open: its program, and a ring on each of its receive queues.
//
// Exists as long as it is open. The control thread's; the rings' frames are the workers'.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/expected.h"
#include "doors/door_report.h"
#include "fastpath/steering.h"
#include "fastpath/xsk.h"
#include "os/interfaces.h"
#include "worker/team.h"

namespace fz::doors {

/// What is the gateway's own: everything else passes to the kernel.
struct Ours {
    std::vector<wire::IpAddr> addresses;
    std::vector<std::uint16_t> ports;
    std::vector<wire::SocketAddr> relays;
};

class XdpDoor {
  public:
    /// Opens every queue; queue i is served by worker i modulo their number, who outlives the door.
    /// Errors: a sentence for the operator (refusal.h); nothing is left behind.
    [[nodiscard]] static Expected<std::unique_ptr<XdpDoor>> open(const os::Interface& interface,
                                                                 fastpath::AttachMode mode,
                                                                 const Ours& ours,
                                                                 worker::Team& team);
    /// Frames still in the rings are lost: `detach` first, and give the workers a moment.
    ~XdpDoor();
    XdpDoor(const XdpDoor&) = delete;
    XdpDoor& operator=(const XdpDoor&) = delete;

    /// Steers what is ours now.
    [[nodiscard]] Expected<void> update(const Ours& ours);
    /// No more frames come; those in the rings are still read.
    void detach() noexcept { steering_.detach(); }

    [[nodiscard]] const os::Interface& interface() const noexcept { return interface_; }
    [[nodiscard]] fastpath::AttachMode mode() const noexcept { return mode_; }
    [[nodiscard]] bool zero_copy() const noexcept;
    [[nodiscard]] const fastpath::Steering& steering() const noexcept { return steering_; }
    [[nodiscard]] std::size_t queues() const noexcept { return rings_.size(); }
    [[nodiscard]] const fastpath::Xsk& ring(std::size_t queue) const { return *rings_[queue].xsk; }
    [[nodiscard]] DoorReport report() const;

  private:
    struct Ring {
        std::unique_ptr<fastpath::Xsk> xsk;
        std::size_t worker;
    };

    XdpDoor(const os::Interface& interface, fastpath::AttachMode mode, fastpath::Steering steering,
            worker::Team& team)
        : interface_(interface), mode_(mode), steering_(std::move(steering)), team_(team) {}

    [[nodiscard]] Expected<void> open_ring(unsigned queue);

    os::Interface interface_;
    fastpath::AttachMode mode_;
    fastpath::Steering steering_;
    worker::Team& team_;
    std::vector<Ring> rings_;  // by queue
};

}  // namespace fz::doors
