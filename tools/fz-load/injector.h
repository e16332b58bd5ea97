// Puts packets on the resource's cable as if the resource had sent them: merged ones, too.
//
// AF_PACKET with PACKET_VNET_HDR; the kernel behind the cable sees what a TCP stack with
// segmentation offload would have handed to its network card. Source: packet(7)
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/expected.h"
#include "flow_template.h"
#include "options.h"
#include "os/unique_fd.h"

namespace fz::load {

class Injector {
  public:
    static constexpr std::size_t kBatch = 32;  ///< messages per system call

    /// Opens it in the namespace of `far_end`, towards the gateway's MAC address. Errors: none was
    /// given, or the kernel's.
    [[nodiscard]] static Expected<Injector> open(const FarEnd& far_end);

    /// Queues `count` packets of a flow, from `number` on, as one for the kernel to segment.
    /// False if the batch is full: flush first.
    [[nodiscard]] bool add(const FlowTemplate& flow, std::uint64_t number, std::size_t count);
    /// Sends what was queued. Returns how many packets the kernel refused.
    std::uint64_t flush() noexcept;

    /// As many segments as one packet may have here.
    [[nodiscard]] static constexpr std::size_t max_segments(Traffic traffic) noexcept {
        return is_tcp(traffic) ? (kMaxPacket - header_size(traffic)) / payload_size(traffic) : 1;
    }

  private:
    static constexpr std::size_t kMaxPacket = 65535;  ///< bytes, from the IP header

    Injector(os::UniqueFd fd, int interface, const MacAddress& own, const MacAddress& gateway);
    struct Queued {
        std::size_t bytes;
        std::size_t packets;
    };
    [[nodiscard]] static constexpr std::size_t slot_size() noexcept { return kMaxPacket + 64; }

    os::UniqueFd fd_;
    int interface_;
    MacAddress own_;
    MacAddress gateway_;
    std::vector<std::byte> room_;
    std::vector<Queued> queued_;
};

}  // namespace fz::load
